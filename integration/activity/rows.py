"""Rows of the feed, and the place of each, which the next page goes on after."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from integration.kernel import times
from integration.kernel.feed_query import IN, OUT

TEXTS = (IN, OUT)
RECEIVED = "received"
"""The status of a text that came in."""


class Place(NamedTuple):
    """Where a row stands: rows compare by it, and the newest is the greatest.

    `ms` is when it happened (`wall_ms`), `source` the rank of the source that it is from. `number`
    and `id` tell apart what is of the same millisecond there. `ahead_ms` is by how much `wall_ms`
    was ahead of `now_ms` when the first page was read, which all later pages take over."""

    ms: int
    source: int
    number: int
    id: str
    ahead_ms: int = 0

    def __lt__(self, other: tuple[object, ...]) -> bool:
        """`ahead_ms` is no part of the order: a page would begin with the last row of another."""
        return tuple(self[:4]) < tuple(other[:4])

    def written(self) -> str:
        """The place as the opaque text that readers keep."""
        return ".".join(map(str, self))


SHAPE = re.compile(r"([0-9]{1,14})\.([0-9])\.([0-9]{1,16})\.([a-z0-9_]{0,64})\.(-?[0-9]{1,12})")


def place(text: str) -> Place | None:
    """The place in such a text; None for any other text."""
    found = SHAPE.fullmatch(text)
    if not found:
        return None
    ms, source, number, id, ahead_ms = found.groups()
    return Place(int(ms), int(source), int(number), id, int(ahead_ms))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that happened.

    `message` is what somebody wrote, "" beside a picture without words, None where the row is no
    text; `detail` is a sentence of ours.
    `received_at` is when a phone received it, as the provider dates it, and `to` the own number.
    `media` are the files of a message, as its event names them. `names` are ids under which it is
    looked for beside its own. `event_id`, `job_id` and `hook_id` name what it belongs to, or are
    "".
    """

    place: Place
    id: str
    direction: str
    status: str
    connection: str = ""
    phone: str = ""
    message: str | None = None
    detail: str = ""
    received_at: str = ""
    device_fingerprint: str = ""
    sim_slot: str = ""
    to: str = ""
    action: str = ""
    event_id: str = ""
    job_id: str = ""
    hook_id: str = ""
    names: Sequence[str] = ()
    media: Sequence[Mapping[str, Any]] = ()

    def shown(self) -> dict[str, Any]:
        """The row as the API shows it to somebody who sees texts."""
        told = (
            *("detail", "connection", "phone", "received_at", "device_fingerprint", "sim_slot"),
            *("to", "action", "event_id", "job_id", "hook_id"),
        )
        return {
            "id": self.id,
            "at": times.from_ms(self.place.ms),
            "direction": self.direction,
            "status": self.status,
            "message": self.message,
            "media": list(self.media),
            **{name: getattr(self, name) or None for name in told},
        }


class Skipped(NamedTuple):
    """Neighbouring rows that nobody asked for, so many; `place` is that of the last of them."""

    place: Place
    number: int


Seen = Row | Skipped
"""A row that may be wanted, or rows that are not; sought.py."""
At = TypeVar("At")


def runs(found: Iterable[tuple[At, Row | None]], place: Callable[[At], Place]) -> Iterator[Seen]:
    """The rows that are there, and how many between them are not. `place` reads where one is."""
    for is_there, some in groupby(found, lambda pair: pair[1] is not None):
        if is_there:
            yield from (row for _, row in some if row)
        else:
            *_, (last, _) = missing = list(some)
            yield Skipped(place(last), len(missing))
