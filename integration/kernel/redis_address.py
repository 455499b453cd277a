"""Reader of REDIS_URL: people paste it from a host's page, with a password that nobody escaped."""

from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

EXAMPLE = "such as redis://localhost:6379/0"
SENTINEL_EXAMPLE = "such as redis+sentinel://s1:26379,s2:26379,s3:26379/mymaster/0"
QUOTES = "\"'"


def redis_address(raw: str) -> str:
    """The address as the client library reads it; ValueError has the end of a sentence.

    The last `@` ends the password, which may hold any character, as it is or escaped.
    """
    text = raw[1:-1] if raw[:1] in QUOTES and raw[:1] == raw[-1:] else raw
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    if scheme not in PLACES:
        raise ValueError(f"must start with {', '.join(f'{each}://' for each in PLACES)}.")
    if not text.isprintable() or " " in text:
        raise ValueError("holds a space or a line break; remove it, or write %20 in a password.")
    account, at, place = rest.rpartition("@")
    place, _, options = place.partition("?")
    found = PLACES[scheme](place)
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


def _sentinels(place: str) -> str:
    servers, _, rest = place.partition("/")
    name, _, database = rest.partition("/")
    if not name:
        raise ValueError(f"must name the primary after its Sentinels, {SENTINEL_EXAMPLE}.")
    for server in servers.split(","):
        _checked(server, SENTINEL_EXAMPLE)
    return f"{servers}/{quote(unquote(name), safe='')}/{_database(database)}"


def _server(place: str) -> str:
    server, _, database = place.partition("/")
    if "," in server:
        raise ValueError(
            f"names several servers; name one, {EXAMPLE}, or Sentinels, {SENTINEL_EXAMPLE}."
        )
    return f"{_checked(server, EXAMPLE)}/{_database(database)}"


def _checked(server: str, example: str) -> str:
    if server.count(":") > 1 and not server.startswith("["):
        raise ValueError("needs brackets around an IPv6 address, such as redis://[::1]:6379/0.")
    try:
        parts = urlsplit(f"//{server}")
        if not parts.hostname or parts.port == 0:
            raise ValueError("nothing to connect to")
    except ValueError as error:
        raise ValueError(f"must name a server and its port, {example}.") from error
    return server


def _database(given: str) -> str:
    database = given.rstrip("/")
    if database and not (database.isascii() and database.isdecimal()):
        raise ValueError("must end with the number of a database, such as /0.")
    return database or "0"


def _options(scheme: str, given: str) -> str:
    found = {}
    for name, value in parse_qsl(given, keep_blank_values=True):
        options = (*OPTIONS, *SENTINEL_ACCOUNT) if "+" in scheme else OPTIONS
        if name not in options:
            known = ", ".join(options)
            raise ValueError(f"has the option {name[:30]!r}, and the known ones are {known}.")
        if name.startswith("ssl_") and not scheme.startswith("rediss"):
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
SENTINEL_ACCOUNT = {"sentinel_username": "username", "sentinel_password": "password"}
"""Options for Sentinels whose account differs from the store's, and the client library's names."""
PLACES = {
    "redis": _server,
    "rediss": _server,
    "unix": _socket,
    "redis+sentinel": _sentinels,
    "rediss+sentinel": _sentinels,
}
"""By the scheme of an address, the reader of what follows the account."""
