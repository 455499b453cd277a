"""Base URLs: two spellings that lead to one place are one base URL."""

from typing import Any
from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80}


def same(one: Any, other: Any, usual: str) -> bool:
    """Whether both lead to one place; "" and None stand for the provider's `usual` one."""
    return _plain(one, usual) == _plain(other, usual)


def _plain(given: Any, usual: str) -> object:
    """Without what changes nothing: capitals in scheme and host, the usual port, a last slash."""
    if given is not None and not isinstance(given, str):
        return given
    address = (given or "").strip() or usual
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return address
    user = parts.netloc.rpartition("@")[0]
    path = parts.path.rstrip("/")
    return parts.scheme, user, parts.hostname, port, path, parts.query
