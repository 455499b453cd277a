"""Neighbours: the texts of the other side before and after one: perhaps its question and answer.

No provider says which text answers which. So these are the nearest ones with the same number, over
the same connection, among so many that a page stays quick.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from integration.activity import conversations
from integration.activity.rows import Row, Seen
from integration.kernel import senders
from integration.services import Services

NEAR = 100
"""Texts of the conversation that are looked at on each side."""
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
    conversations.catch_up(services, workspace)
    older = conversations.older(services, workspace, row.phone, row.place)
    newer = conversations.newer(services, workspace, row.phone, row.place)
    return Neighbours(
        before=next(_of_other_side(row, older), None),
        after=tuple(islice(_of_other_side(row, newer), MOST)),
    )


def _of_other_side(row: Row, found: Iterator[Seen]) -> Iterator[Row]:
    for each in islice(found, NEAR):
        if isinstance(each, Row) and _answers(row, each):
            yield each


def _answers(row: Row, other: Row) -> bool:
    is_text = other.message is not None and other.direction != row.direction
    return is_text and other.connection == row.connection and senders.same(other.phone, row.phone)
