"""Paging of resource lists: `limit` and an opaque `cursor`."""

from collections.abc import Sequence
from typing import Any

from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Inputs, Number, Text
from integration.web.core import reading


class PageInput(Inputs):
    limit = Number(
        least=1, most=200, load_default=100, label="Limit", help="1 to 200.", sample="100"
    )
    cursor = Text(label="Cursor", help="next_cursor of the page before.", sample="p100")


def asked() -> tuple[int, int]:
    """The limit and offset that the query asks for."""
    names = set(PageInput().fields)
    given = {key: value for key, value in reading.query().items() if key in names}
    wanted = reading.load(PageInput, given)
    text = wanted.get("cursor", "p0")
    digits = text[1:]
    if text[:1] != "p" or not (digits.isascii() and digits.isdecimal()) or len(digits) > 9:
        sentence = "This cursor is not one of ours; use next_cursor of the page before."
        raise InvalidInput(sentence, errors={"cursor": [sentence]})
    return wanted["limit"], int(digits)


def cursor(offset: int | None) -> str | None:
    return None if offset is None else f"p{offset}"


def cut(rows: Sequence[Any]) -> tuple[Sequence[Any], str | None]:
    """The page of a short list that the query asks for."""
    limit, offset = asked()
    more = len(rows) > offset + limit
    return rows[offset : offset + limit], cursor(offset + limit if more else None)
