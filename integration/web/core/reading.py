"""Reading requests: bodies and queries, forgiving where platforms are sloppy."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from integration.kernel import made_schemas
from integration.kernel.aliases import is_same
from integration.kernel.errors import InvalidInput, MalformedBody, TooLarge, UnsupportedMedia
from integration.kernel.fields import Inputs, blank
from integration.kernel.strict_json import parse
from integration.web.core.current import call, services

LARGEST_BODY = 256 * 1024
REMEMBERED = 500
"""Queries that are remembered: those of a poll are the same each minute."""


def raw_body(most: int = LARGEST_BODY) -> bytes:
    """The body as it came; TooLarge for more than `most` bytes. The framework cuts one without a
    declared length at the limit. It is refused here, since half of a body may read like a whole
    one."""
    environ = call().wsgi
    declared = environ.get("CONTENT_LENGTH", "")
    plain = declared.isascii() and declared.isdecimal() and "wsgi.input_terminated" in environ
    if plain and int(declared) <= most and "HTTP_TRANSFER_ENCODING" not in environ:
        # One read; the framework's stream would look twice behind the end.
        raw: bytes = environ["wsgi.input"].read(int(declared))
        if len(raw) < int(declared):
            raise MalformedBody("The body ended before the length that it was announced with.")
        return raw
    try:
        raw = get_input_stream(environ, max_content_length=most).read()
    except RequestEntityTooLarge as error:
        raise _too_large(most) from error
    if not declared and len(raw) >= most:
        raise _too_large(most)
    return raw


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"The body is larger than {most // 1024} KiB; send less in one call.")


def check_coding() -> None:
    """UnsupportedMedia for a body that says it is compressed: it is not believed and not unpacked,
    since a small one may unpack to anything."""
    coding = call().header("HTTP_CONTENT_ENCODING").strip().lower()
    if coding not in ("", "identity"):
        raise UnsupportedMedia(
            "Send the body uncompressed, without Content-Encoding; nothing is unpacked here."
        )


def mimetype() -> str:
    """What the body says that it is, in lower case and without parameters."""
    return call().header("CONTENT_TYPE").partition(";")[0].strip().lower()


def body() -> dict[str, Any]:
    """The JSON object in the body, {} where the body is empty."""
    raw = raw_body()
    if not raw.strip():
        return {}
    check_coding()
    if "json" not in (mimetype() or "json"):
        raise UnsupportedMedia("Send the body as JSON, with Content-Type: application/json.")
    data = parse(raw)
    if not isinstance(data, dict):
        raise MalformedBody('The body must be a JSON object, such as {"phone": "+14155550123"}.')
    return data


def query() -> dict[str, Any]:
    """The query, repeated keys as lists."""
    return dict(_parsed(query_text()))


def one(name: str) -> str:
    """A value of the query, "" where it is not given. InvalidInput for several: the first alone
    would answer another question than was asked."""
    given = query().get(name, "")
    if not isinstance(given, str):
        sentence = f"{name} takes one value here; ask once for each."
        raise InvalidInput(sentence, errors={name: [sentence]})
    return given.strip()


def query_text() -> str:
    """The query as it came."""
    return call().header("QUERY_STRING")


@lru_cache(maxsize=REMEMBERED)
def _parsed(text: str) -> tuple[tuple[str, str | list[str]], ...]:
    """The servers of WSGI hand bytes over as if they were Latin-1."""
    raw = text.encode("latin-1", "replace").decode("utf-8", "replace")
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True, errors="werkzeug.url_quote"):
        found.setdefault(name, []).append(value)
    return tuple((name, each if len(each) > 1 else each[0]) for name, each in found.items())


def together(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a call that gives them in two places. InvalidInput for one that has different
    values there; what is blank in one place is given in the other."""
    found = dict(one)
    for name, value in other.items():
        if name in one and not blank(value) and not blank(one[name]):
            _refuse_two(name, one[name], value)
        if name not in one or not blank(value):
            found[name] = value
    return found


def _refuse_two(name: str, one: Any, other: Any) -> None:
    if not is_same(one, other):
        sentence = f"{name[:60]} is given twice, and the values differ; give it once."
        raise InvalidInput(sentence, errors={name[:60]: [sentence]})


def load(schema: type[Inputs], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` through its schema, or InvalidInput naming each field that is wrong."""
    try:
        region = services().settings.default_region or None
        loaded: dict[str, Any] = made_schemas.reading(schema, region, given).load(given)
    except ValidationError as error:
        raise _invalid(error) from error
    return loaded


def load_each(schema: type[Inputs], given: Mapping[str, Any]) -> dict[str, Any]:
    """`load` of fields that have neither aliases, defaults nor rules about each other. So few cost
    a third of what a whole schema does, and every send has some."""
    fields, loaded = made_schemas.made(schema).fields, {}
    wrong: dict[str, Any] = {}
    for name, value in given.items():
        try:
            if not blank(value):
                loaded[name] = fields[name].deserialize(value, name, given)
        except ValidationError as error:
            wrong[name] = error.messages
    if wrong:
        raise _invalid(ValidationError(wrong))
    return loaded


def _invalid(error: ValidationError) -> InvalidInput:
    return InvalidInput(_sentence(error), errors=_lines(error))


def _lines(error: ValidationError) -> dict[str, list[str]]:
    found = error.messages
    messages = found if isinstance(found, dict) else {"_schema": found}
    return {str(name)[:60]: [str(line) for line in lines] for name, lines in messages.items()}


def _sentence(error: ValidationError) -> str:
    name, lines = next(iter(_lines(error).items()))
    more = f" {len(lines) - 1} more of this list are refused." if len(lines) > 1 else ""
    return f"{name}: {lines[0]}{more}"
