"""Wanted: which rows a reader asks for, and whether a row is one of them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache

from integration.activity.rows import Row
from integration.kernel import digits, senders
from integration.kernel.feed_query import DIRECTIONS

FEWEST = 3
"""Digits by which a number is looked for."""
NATIONAL = 7
"""Digits that a number has at least without its country code."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Filters; an empty one lets everything through. Times are in milliseconds (`wall_ms`).

    `partner` is the other side of texts, as a whole number or name. `q` is a number, part of one,
    an id, or part of a text. Texts are looked into only for a reader who `sees_texts`.
    """

    directions: Collection[str] = tuple(DIRECTIONS)
    status: str = ""
    connection: str = ""
    hook: str = ""
    phone: str = ""
    partner: str = ""
    q: str = ""
    since_ms: int = 0
    until_ms: int | None = None
    sees_texts: bool = True

    def takes(self, row: Row) -> bool:
        return (
            row.direction in self.directions
            and self.status in ("", row.status)
            and self.connection in ("", row.connection)
            and self.hook in ("", row.hook_id)
            and (not self.phone or is_number(self.phone, row.phone))
            and (not self.partner or (row.message is not None and self._is_with(row.phone)))
            and (not self.q or self._finds(row))
        )

    def _is_with(self, phone: str) -> bool:
        return bool(phone) and senders.same(self.partner, phone)

    def _finds(self, row: Row) -> bool:
        ids = (row.id, row.event_id, row.job_id, row.hook_id, row.device_fingerprint, *row.names)
        if self.q.strip() in ids or is_number(self.q, row.phone):
            return True
        return self.sees_texts and self._text in (row.message or "").casefold()

    @cached_property
    def _text(self) -> str:
        return self.q.strip().casefold()


def is_number(asked: str, phone: str) -> bool:
    """Whether somebody who types `asked` means this number or name.

    A number is found by any of its spellings, with or without its country code, and by a few of its
    digits in a row. A name is found by a part of it.
    """
    wanted, found = digits_of(asked), digits_of(phone)
    if not wanted or not found:
        return asked.strip().casefold() in phone.casefold() and bool(phone)
    if len(wanted) < FEWEST:
        return wanted == found
    # National forms: a zero stands for the country code, or none of both is there.
    bare, own = wanted.lstrip("0"), found.lstrip("0")
    return (
        wanted in found
        or (len(bare) >= NATIONAL and found.endswith(bare))
        or (len(own) >= NATIONAL and wanted.endswith(own))
    )


@lru_cache(maxsize=5_000)
def digits_of(text: str) -> str:
    """The digits of a number in any spelling; "" for a name."""
    line = digits.tidied(text)
    return "" if any(map(str.isalpha, line)) else "".join(filter(str.isdecimal, line))
