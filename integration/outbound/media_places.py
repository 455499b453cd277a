"""Media places: the hosts from which an account's files may be fetched, and which get its login."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from integration.kernel.errors import TargetRefused

PORTS = {"https": 443, "http": 80}
Origin = tuple[str, str, int]
"""Scheme, host and port."""


class Way(NamedTuple):
    """How an address is called: `guarded` where it must be a public one, and whether its host
    `gets_login`."""

    origin: Origin
    guarded: bool
    gets_login: bool


@dataclass(frozen=True, kw_only=True)
class MediaPlaces:
    """`base_url` is the account's. A `trusted` one is from the operator's own environment, and may
    be private. `hosts` and `login_hosts` are those that the provider declares (kernel/media.py).
    `allow_private` (development, tests) admits http and private addresses."""

    label: str
    base_url: str
    hosts: Sequence[str] = ()
    login_hosts: Sequence[str] = ()
    trusted: bool = False
    allow_private: bool = False

    def way(self, url: str) -> Way:
        """Raises TargetRefused, with a sentence, for an address that is in none of these places."""
        origin, home = _origin(url), _origin(self.base_url)
        if origin == home:
            return Way(origin, not (self.trusted or self.allow_private), True)
        scheme, host, port = origin
        gets_login = _names(self.login_hosts, host)
        if not (gets_login or _names(self.hosts, host)):
            raise TargetRefused(
                f"The file lies on {host[:100]}, which is no host of {self.label}'s files;"
                " it was not fetched."
            )
        if (scheme, port) != ("https", 443) and not self.allow_private:
            raise TargetRefused(f"The file is not offered by https on {host[:100]}.")
        return Way(origin, not self.allow_private, gets_login and scheme == "https")


def _names(patterns: Sequence[str], host: str) -> bool:
    return any(host.endswith(each[1:]) if each[:2] == "*." else host == each for each in patterns)


def _origin(url: str) -> Origin:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not port or not parts.hostname or "@" in parts.netloc:
        raise TargetRefused("The address of the file cannot be read.")
    return parts.scheme, parts.hostname.lower().rstrip("."), port
