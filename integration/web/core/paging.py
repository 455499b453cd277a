"""Paging of resource lists: `limit` and an opaque `cursor`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from integration.jobs.statuses import Place
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Inputs, Number, Text
from integration.web.core import reading

OFFSET = re.compile(r"p([0-9]{1,9})")
OFFSETS = re.compile(r"p([0-9]{1,9})(?:[.]([0-9]{1,6}))?")
PLACE = re.compile(r"([0-9]{1,14})\.(job_[0-9a-f]{1,64})|()")
"""When a job was made (ms), and its id; empty where a list begins."""


class PageInput(Inputs):
    limit = Number(
        least=1, most=200, load_default=100, label="Limit", help="1 to 200.", sample="100"
    )
    cursor = Text(label="Cursor", help="next_cursor of the page before.", sample="p100")


def asked(*filters: str) -> tuple[int, int]:
    """The limit and offset that the query asks for, as `read`."""
    limit, found = read(OFFSET, *filters, otherwise="p0")
    return limit, int(found[1])


def of(given: Mapping[str, Any]) -> tuple[int, int]:
    """The limit and offset of a query that was read as a PageInput."""
    found = OFFSET.fullmatch(given.get("cursor", "p0"))
    if not found:
        raise _foreign()
    return given["limit"], int(found[1])


def of_two(given: Mapping[str, Any]) -> tuple[int, int]:
    """How many entries of a list a page begins behind, and how many rows of the next one."""
    found = OFFSETS.fullmatch(given.get("cursor", "p0"))
    if not found:
        raise _foreign()
    return int(found[1]), int(found[2] or 0)


def asked_place(*filters: str) -> tuple[int, Place | None]:
    """The limit that the query asks for, and after which job the page begins, as `read`."""
    limit, found = read(PLACE, *filters)
    return limit, (int(found[1]), found[2]) if found[2] else None


def read(form: re.Pattern[str], *filters: str, otherwise: str = "") -> tuple[int, re.Match[str]]:
    """The limit that the query asks for, and its cursor as this form matches it.

    `filters` are the names of what else the list takes. Any other name is refused: the whole list
    would be taken for what the caller asked for."""
    given = reading.query()
    known = [*PageInput().fields, *filters]
    for name in given.keys() - known:
        sentence = f"There is no such field here. Known fields: {', '.join(known)}."
        raise InvalidInput(f"{name[:60]}: {sentence}", errors={name[:60]: [sentence]})
    wanted = reading.load(PageInput, {key: given[key] for key in given.keys() - filters})
    found = form.fullmatch(wanted.get("cursor", otherwise))
    if not found:
        raise _foreign()
    return wanted["limit"], found


def _foreign() -> InvalidInput:
    sentence = "This cursor is not one of ours; use next_cursor of the page before."
    return InvalidInput(sentence, errors={"cursor": [sentence]})


def place(found: Place | None) -> str | None:
    return f"{found[0]}.{found[1]}" if found else None


def cursor(offset: int | None) -> str | None:
    return None if offset is None else f"p{offset}"


def cursor_of_two(offsets: tuple[int, int] | None) -> str | None:
    return f"p{offsets[0]}.{offsets[1]}" if offsets else None


def cut(rows: Sequence[Any], *filters: str) -> tuple[Sequence[Any], str | None]:
    """The page of a short list that the query asks for, as `read`."""
    limit, offset = asked(*filters)
    more = len(rows) > offset + limit
    return rows[offset : offset + limit], cursor(offset + limit if more else None)
