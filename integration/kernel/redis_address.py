"""Reader of REDIS_URL: people paste it from a host's page, with a password that nobody escaped."""

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
            found[name] = _option(name, value)
        except ValueError as error:
            raise ValueError(f"has the option {name}, which {error}") from error
    return urlencode(found)


def _option(name: str, value: str) -> str:
    """The value as the client library reads it; ValueError has the end of a sentence."""
    if words := WORDS.get(name):
        if value.lower() not in words:
            raise ValueError(f"must be {' or '.join(sorted(set(words.values())))}.")
        return words[value.lower()]
    least = NUMBERS.get(name)
    if least is not None and not (value.isascii() and value.isdecimal() and int(value) >= least):
        raise ValueError(f"must be a whole number of {least} or more.")
    if name in FILES and not Path(value).is_file():
        raise ValueError("names a file that is not there.")
    if not value:
        raise ValueError("is empty.")
    return value


CHECKS = ("none", "optional", "required")
NUMBERS = {"db": 0, "max_connections": 1}
FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
WORDS = {
    # Celery's users write the first as Python does.
    "ssl_cert_reqs": {f"{start}{each}": each for each in CHECKS for start in ("", "cert_")},
    "ssl_check_hostname": {"true": "true", "1": "true", "false": "false", "0": "false"},
}
OPTIONS = (*NUMBERS, "client_name", *WORDS, *FILES)
"""What an address may ask of the client library."""
