"""Neighbours: the texts of the other side before and after one: perhaps its question and answer.

No provider says which text answers which. So these are the nearest ones with the same number, over
the same connection, among so many that a page stays quick.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from integration.activity.feed import INBOUND, SENT
from integration.activity.rows import Row, Seen
from integration.activity.wanted import Wanted
from integration.kernel import senders
from integration.kernel.feed_query import IN
from integration.services import Services

NEAR = 300
"""Rows that are looked at on each side."""
MOST = 5


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """`before` is the last text of the other side, `after` are the next ones, oldest first."""

    before: Row | None
    after: tuple[Row, ...]


def of(services: Services, workspace: str, row: Row) -> Neighbours:
    """The neighbours of a text; none of a row without a number."""
    if not row.phone:
        return Neighbours(before=None, after=())
    source = SENT if row.direction == IN else INBOUND
    older = source.older(services, workspace, Wanted(), row.place)
    newer = source.following(services, workspace, row.place.ms)
    return Neighbours(
        before=next(_of_same(row, older), None),
        after=tuple(islice(_of_same(row, newer), MOST)),
    )


def _of_same(row: Row, found: Iterator[Seen]) -> Iterator[Row]:
    for each in islice(found, NEAR):
        if not isinstance(each, Row):
            continue
        if each.phone and each.connection == row.connection and senders.same(each.phone, row.phone):
            yield each
