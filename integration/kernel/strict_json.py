"""JSON from outside, read strictly: what two readers would read differently is refused."""

import json
from typing import Any, NoReturn

from integration.kernel.digits import SpelledFloat
from integration.kernel.errors import MalformedBody


def parse(raw: bytes, *, cut: bool = False) -> Any:
    """JSON, or MalformedBody with what was wrong and where. Only where texts may be `cut` within an
    emoji, one may hold half a surrogate pair."""
    try:
        # As json.loads reads bytes, with a decoder that is made once, not for each body.
        # Strictly, and looked at as text: half a surrogate pair may come as bytes or in UTF-16.
        text = raw.decode(json.detect_encoding(raw))
        data = _decoder.decode(text)
        if "\\u" in text and not cut:
            json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except json.JSONDecodeError as error:
        raise MalformedBody(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except UnicodeError as error:
        raise MalformedBody("The body is not valid UTF-8 text.") from error
    except (RecursionError, ValueError) as error:
        raise MalformedBody(
            "The body is not JSON that can be read: a number too long or nested too deep."
        ) from error
    return data


def _no_constant(name: str) -> NoReturn:
    raise MalformedBody(
        f"The body is not JSON: {name} is no value of JSON; write null or a number."
    )


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises MalformedBody for two values of one name: each reader would believe another one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedBody("The body names one field twice; give each field once.")
    return found


_decoder = json.JSONDecoder(
    parse_constant=_no_constant, object_pairs_hook=_no_twins, parse_float=SpelledFloat
)
