"""The feed: the rows of all sources as one list, newest first, read only as far as it is shown.

A page begins after the last row of the page before, so nothing that comes meanwhile shifts it.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from integration.activity import conversations
from integration.activity.rows import Place, Row, Seen, Skipped
from integration.activity.sources import SOURCES
from integration.activity.wanted import Wanted
from integration.services import Services
from integration.store.clock import as_wall, wall_ms

LOOKED_AT = 1_000
"""Rows that one page looks at. A filter that fits few of them goes on with the next page."""
COUNTED = 100
"""New rows that are counted at once, and looked at for each source."""
AHEAD_MS = 60_000
"""How far the time of a row may be ahead of ours."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """`following` is where the next page goes on, None at the end of the feed. A page with fewer
    rows than were asked for and a `following` has looked at some LOOKED_AT rows, back to there."""

    rows: Sequence[Row]
    following: Place | None


def page(
    services: Services, workspace: str, wanted: Wanted, limit: int, below: Place | None = None
) -> Page:
    """The wanted rows before a place, newest first."""
    rows: list[Row] = []
    start = below or _start(wanted)
    last, looked = start, 0
    for seen in _everything(services, workspace, wanted, start):
        if seen.place.ms < wanted.since_ms:
            break
        if len(rows) == limit or looked >= LOOKED_AT:
            return Page(rows=rows, following=last._replace(ahead_ms=start.ahead_ms))
        last = seen.place
        looked += seen.number if isinstance(seen, Skipped) else 1
        if isinstance(seen, Row) and wanted.takes(seen):
            rows.append(seen)
    return Page(rows=rows, following=None)


def matching(services: Services, workspace: str, wanted: Wanted) -> Iterator[Row]:
    """All wanted rows, newest first, however long that takes."""
    for seen in _everything(services, workspace, wanted, _start(wanted)):
        if seen.place.ms < wanted.since_ms:
            return
        if isinstance(seen, Row) and wanted.takes(seen):
            yield seen


def _start(wanted: Wanted) -> Place:
    latest = wall_ms() + AHEAD_MS
    if wanted.until_ms is not None:
        latest = min(latest, wanted.until_ms)
    return Place(latest + 1, 0, 0, "", as_wall(0))


def _everything(services: Services, workspace: str, wanted: Wanted, start: Place) -> Iterator[Seen]:
    """The rows of all sources that may have wanted ones, newest first."""
    if wanted.partner and conversations.catch_up(services, workspace):
        return conversations.older(services, workspace, wanted.partner, start)
    found = [each.older(services, workspace, wanted, start) for each in SOURCES if each.has(wanted)]
    return heapq.merge(*found, key=lambda seen: seen.place[:4], reverse=True)


def heads(services: Services, workspace: str) -> str:
    """Where the feed begins now, as the opaque text that `since` takes."""
    return "~".join(each.head(services, workspace) for each in SOURCES)


@dataclass(frozen=True, kw_only=True)
class News:
    """What came since: rows oldest first, and the heads that they make. There are `more` behind."""

    rows: Sequence[Row]
    heads: str
    more: bool


def since(services: Services, workspace: str, wanted: Wanted, before: str) -> News:
    """The wanted rows that came after these heads, COUNTED of each source at most."""
    rows: list[Row] = []
    reached: list[str] = []
    more = False
    for source, head in zip(SOURCES, before.split("~"), strict=True):
        found = source.newer(services, workspace, head, COUNTED)
        more = more or len(found) >= COUNTED
        reached.append(found[-1][0] if found else head)
        rows += [row for _, row in found if wanted.takes(row)]
    rows.sort(key=lambda row: row.place)
    return News(rows=rows, heads="~".join(reached), more=more)
