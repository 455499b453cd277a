"""Deliveries: the source whose rows are what hooks are sent, from the log of each.

A row's time is when its delivery was made. A log keeps the newest DELIVERIES_KEPT.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import compress
from typing import Any

from redis.exceptions import RedisError

from integration.activity.rows import Place, Row, Seen, runs
from integration.activity.sought import FirstLook, first_look
from integration.activity.wanted import Wanted
from integration.delivery import delivery_state, log
from integration.delivery.delivery_state import STATES
from integration.inbound import inbox
from integration.kernel.feed_query import DELIVERY
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import is_unable
from integration.store.clock import as_wall, now_ms
from integration.store.lifetimes import DELIVERIES_KEPT
from integration.store.script import Rest, script

READ = 400
"""Entries of all logs that are read at once to begin with."""
WHOLE = 2 * DELIVERIES_KEPT
"""More than one log holds: many entries may be of the same millisecond."""
STEP = 50
SOUGHT = 250
"""Deliveries that a search looks into at once."""
LAG_MS = 1_000
"""By so much at most two processes disagree about the time."""


@script("raw_deliveries")
def RAW_DELIVERIES(*, ids: Rest) -> None:
    """Give what a search looks into of each delivery, as it is stored."""


class Deliveries:
    """The deliveries of a workspace. `rank` is its place among the sources."""

    rank = 3

    def has(self, wanted: Wanted) -> bool:
        """Whether a row of it could be wanted."""
        return DELIVERY in wanted.directions and wanted.status in ("", *STATES)

    def older(
        self, services: Services, workspace: str, wanted: Wanted, below: Place
    ) -> Iterator[Seen]:
        """The rows before a place, newest first."""
        logs = self._logs(services, workspace, wanted)
        ahead, fits = below.ahead_ms, first_look(wanted)
        end, each = below.ms - ahead + 1, max(3, READ // max(1, len(logs)))
        while True:
            found, horizon = self._read(services, logs, end, each)
            places = [Place(score + ahead, self.rank, score, id) for id, score in found]
            yield from self._seen(services, [each for each in places if each < below], fits)
            if horizon is None:
                return
            # What is left at the horizon is of one millisecond, more of it than was read.
            end, each = horizon, each if found else WHOLE

    def _logs(self, services: Services, workspace: str, wanted: Wanted) -> list[str]:
        ids = services.db.hvals(keys.hooks(workspace))
        return [keys.hook_log(each) for each in ids if wanted.hook in ("", each)]

    def _read(
        self, services: Services, logs: Sequence[str], end: int, each: int
    ) -> tuple[list[tuple[str, int]], int | None]:
        """Ids and times up to `end`, newest first, and down to where all of them are complete."""
        with services.db.pipeline(transaction=False) as pipe:
            for log in logs:
                pipe.zrevrangebyscore(log, end, "-inf", 0, each, withscores=True)
            replies = _sound(pipe.execute(raise_on_error=False))
        full = [int(reply[-1][1]) for reply in replies if len(reply) == each]
        horizon = max(full) if full else None
        found = [(id, int(score)) for reply in replies for id, score in reply]
        kept = [pair for pair in found if horizon is None or pair[1] > horizon]
        return sorted(kept, key=lambda pair: (pair[1], pair[0]), reverse=True), horizon

    def _seen(
        self, services: Services, places: Sequence[Place], fits: FirstLook | None
    ) -> Iterator[Seen]:
        if not fits:
            yield from self._rows(services, places)
            return
        for first in range(0, len(places), SOUGHT):
            some = places[first : first + SOUGHT]
            raw = RAW_DELIVERIES(ids=[each.id for each in some]).run(services.db)
            found = [*compress(some, fits(raw))]
            rows = {row.id: row for row in self._rows(services, found)}
            yield from runs(((place, rows.get(place.id)) for place in some), lambda place: place)

    def _rows(self, services: Services, places: Sequence[Place]) -> Iterator[Row]:
        for first in range(0, len(places), STEP):
            some = places[first : first + STEP]
            yield from filter(None, self._several(services, some))

    def _several(self, services: Services, places: Sequence[Place]) -> list[Row | None]:
        records = log.records(services, [each.id for each in places])
        events = events_of(services, records)
        return [
            row_of(place, record, event) if record.get("id") else None
            for place, record, event in zip(places, records, events, strict=True)
        ]

    def head(self, services: Services, workspace: str) -> str:
        """The time of the newest one, for `newer`."""
        logs = self._logs(services, workspace, Wanted())
        found, _ = self._read(services, logs, now_ms() + LAG_MS, 1)
        return str(found[0][1] if found else now_ms() - LAG_MS)

    def newer(
        self, services: Services, workspace: str, head: str, most: int
    ) -> list[tuple[str, Row]]:
        """What was made since, oldest first, each with the head that it makes.

        A moment late: by then no process adds one that is older."""
        ahead, last = as_wall(0), now_ms() - LAG_MS
        with services.db.pipeline(transaction=False) as pipe:
            for log in self._logs(services, workspace, Wanted()):
                pipe.zrangebyscore(log, f"({head}", last, 0, WHOLE, withscores=True)
            replies = _sound(pipe.execute(raise_on_error=False))
        found = [(int(score), id) for reply in replies for id, score in reply]
        places = [Place(score + ahead, self.rank, score, id) for score, id in sorted(found)]
        # The head does not tell apart those of one millisecond.
        end = places[most - 1].number if len(places) > most else last
        some = [each for each in places if each.number <= end]
        return [(str(row.place.number), row) for row in self._rows(services, some)]


def _sound(replies: Sequence[Any]) -> list[list[tuple[str, float]]]:
    """Without the errors that damaged logs gave; each hides the deliveries of one hook alone."""
    for each in replies:
        if isinstance(each, RedisError) and is_unable(each):
            raise each
    return [each for each in replies if isinstance(each, list)]


def place_of(record: Mapping[str, str]) -> Place:
    """The place of a delivery's record; `ms` is exact, and its number is that of no log."""
    return Place(int(record["created_ms"]), Deliveries.rank, 0, record["id"])


def row_of(place: Place, record: Mapping[str, str], event: Mapping[str, Any]) -> Row:
    """The row of a delivery's record and of its event, which may be gone."""
    said = event.get("message")
    return Row(
        place=place,
        id=place.id,
        direction=DELIVERY,
        status=_told(delivery_state.state, record) or record.get("status", ""),
        connection=str(event.get("connection") or ""),
        phone=str(event.get("phone") or ""),
        message=said if isinstance(said, str) else None,
        detail=_told(delivery_state.detail, record),
        event_id=record.get("event", ""),
        job_id=str(event.get("job_id") or ""),
        hook_id=record.get("hook", ""),
    )


def _told(tell: Callable[[Mapping[str, str]], str], record: Mapping[str, str]) -> str:
    """ "" where the record is damaged."""
    with suppress(*damaged.NONSENSE):
        return tell(record)
    return ""


def events_of(services: Services, records: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The event of each delivery, {} where it is gone."""
    with services.db.pipeline(transaction=False) as pipe:
        for record in records:
            position = record.get("position") or inbox.START
            pipe.xrange(record.get("inbox") or keys.inbox("", ""), position, position)
        replies = pipe.execute(raise_on_error=False)
    found = [
        record.get("body") or _stored(reply) for record, reply in zip(records, replies, strict=True)
    ]
    return [_parsed(each) for each in found]


def _stored(reply: Any) -> str:
    rows = reply if isinstance(reply, list) else []
    return rows[0][1].get("e", "") if rows else ""


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except damaged.NONSENSE:
        return {}
    return found if isinstance(found, dict) else {}
