"""Reader of REDIS_URL: people paste it from a host's page, with a password that nobody escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

EXAMPLE = "such as redis://localhost:6379/0"
QUOTES = "\"'"


def redis_address(raw: str) -> str:
    """The address as the client library reads it; ValueError has the end of a sentence.

    The last `@` ends the password, which may hold any character, as it is or escaped.
    """
    text = raw[1:-1] if raw[:1] in QUOTES and raw[:1] == raw[-1:] else raw
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    if scheme.endswith("+sentinel"):
        raise ValueError(f"names a Sentinel, which is not supported yet; name a server, {EXAMPLE}.")
    if scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must start with redis://, rediss:// or unix://.")
    if not text.isprintable() or " " in text:
        raise ValueError("holds a space or a line break; remove it, or write %20 in a password.")
    account, at, place = rest.rpartition("@")
    place, _, options = place.partition("?")
    found = _socket(place) if scheme == "unix" else _server(place)
    named = f"{found}?{_options(scheme, options)}" if options else found
    return f"{scheme}://{_account(account) if at else ''}{named}"


def _account(given: str) -> str:
    user, colon, password = given.partition(":")
    if not colon:
        raise ValueError(
            "names a user without a password; write redis://USER:PASSWORD@HOST, or"
            " redis://:PASSWORD@HOST where there is no user."
        )
    return f"{quote(unquote(user), safe='')}:{quote(unquote(password), safe='')}@"


def _socket(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError("must name a whole path, such as unix:///run/redis.sock.")
    return path


def _server(place: str) -> str:
    server, _, database = place.partition("/")
    database = database.rstrip("/")
    if "," in server:
        raise ValueError(f"names several servers; name one, {EXAMPLE}.")
    if server.count(":") > 1 and not server.startswith("["):
        raise ValueError("needs brackets around an IPv6 address, such as redis://[::1]:6379/0.")
    try:
        parts = urlsplit(f"//{server}")
        if not parts.hostname or parts.port == 0:
            raise ValueError("nothing to connect to")
    except ValueError as error:
        raise ValueError(f"must name a server and its port, {EXAMPLE}.") from error
    if database and not (database.isascii() and database.isdecimal()):
        raise ValueError("must end with the number of a database, such as /0.")
    return f"{server}/{database or 0}"


def _options(scheme: str, given: str) -> str:
    found = {}
    for name, value in parse_qsl(given, keep_blank_values=True):
        if name not in OPTIONS:
            known = ", ".join(OPTIONS)
            raise ValueError(f"has the option {name[:30]!r}, and the known ones are {known}.")
        if name.startswith("ssl_") and scheme != "rediss":
            raise ValueError(f"has the option {name}, which is for rediss:// alone.")
        try:
            found[name] = OPTIONS[name](value)
        except ValueError as error:
            raise ValueError(f"has the option {name}, which {error}") from error
    return urlencode(found)


def _number(value: str) -> str:
    if not (value.isascii() and value.isdecimal()):
        raise ValueError("is no whole number.")
    return value


def _some(value: str) -> str:
    if not int(_number(value)):
        raise ValueError("is 0; it must be 1 or more.")
    return value


def _word(value: str) -> str:
    if not value:
        raise ValueError("is empty.")
    return value


def _file(value: str) -> str:
    if not Path(value).is_file():
        raise ValueError("names a file that is not there.")
    return value


def _one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"must be {' or '.join(sorted(set(words.values())))}.")
        return words[value.lower()]

    return read


_CHECKS = ("none", "optional", "required")
OPTIONS: Mapping[str, Callable[[str], str]] = {
    "db": _number,
    "max_connections": _some,
    "client_name": _word,
    "ssl_cert_reqs": _one_of(
        # Celery's users write it as Python does.
        {each: each for each in _CHECKS} | {f"cert_{each}": each for each in _CHECKS}
    ),
    "ssl_check_hostname": _one_of({"true": "true", "1": "true", "false": "false", "0": "false"}),
    "ssl_ca_certs": _file,
    "ssl_certfile": _file,
    "ssl_keyfile": _file,
}
"""What an address may ask of the client library, and the reader of each."""
