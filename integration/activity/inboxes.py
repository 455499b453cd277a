"""Inboxes: the sources whose rows are events: texts received, changes of status, phones, balances.

A row's time is when the event reached us.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from integration.activity.rows import RECEIVED, Place, Row, Seen, runs
from integration.activity.sought import first_look
from integration.activity.wanted import Wanted
from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.kernel.events import BALANCE, DEVICE, MESSAGE, STATUS
from integration.kernel.feed_query import ACCOUNT, IN, RECEIPT
from integration.services import Services
from integration.store import keys

DIRECTION = {MESSAGE: IN, STATUS: RECEIPT, DEVICE: ACCOUNT, BALANCE: ACCOUNT}


class Inbox:
    """The events of one kind. `rank` is its place among the sources."""

    def __init__(self, rank: int, kind: str) -> None:
        self.rank, self.kind, self.direction = rank, kind, DIRECTION[kind]

    def has(self, wanted: Wanted) -> bool:
        """Whether a row of it could be wanted."""
        only = (
            wanted.status in ("", RECEIVED) if self.kind == MESSAGE else wanted.status != RECEIVED
        )
        return self.direction in wanted.directions and not wanted.hook and only

    def older(
        self, services: Services, workspace: str, wanted: Wanted, below: Place
    ) -> Iterator[Seen]:
        """The rows before a place, newest first."""
        end, fits = _end(self.rank, below), first_look(wanted)
        if not fits:
            yield from map(self.row, inbox.backwards(services, workspace, self.kind, end))
            return
        sought = inbox.sought(services, workspace, self.kind, end, fits)
        found = ((position, entry and self.row(entry)) for position, entry in sought)
        yield from runs(found, self._place)

    def _place(self, position: str) -> Place:
        ms, number = inbox.order(position)
        return Place(ms, self.rank, number, "")

    def head(self, services: Services, workspace: str) -> str:
        """The place of the newest one, for `newer`."""
        newest = services.db.xrevrange(keys.inbox(workspace, self.kind), count=1)
        return newest[0][0] if newest else inbox.START

    def newer(
        self, services: Services, workspace: str, head: str, most: int
    ) -> list[tuple[str, Row]]:
        """What came since, oldest first, each with the head that it makes."""
        found = inbox.after(services, workspace, self.kind, head)
        return [(entry.position, self.row(entry)) for entry in islice(found, most)]

    def rows(self, services: Services, workspace: str, places: Sequence[Place]) -> list[Row | None]:
        """The rows that stand at these places, None where one is gone."""
        log = keys.inbox(workspace, self.kind)
        with services.db.pipeline(transaction=False) as pipe:
            for each in places:
                pipe.xrange(log, position := f"{each.ms}-{each.number}", position)
            replies = pipe.execute()
        stored = [row for reply in replies for row in reply]
        found = [self.row(entry) for entry in inbox.readable(services, log, stored)]
        by_place = {row.place: row for row in found}
        return [by_place.get(each) for each in places]

    def row(self, entry: Entry) -> Row:
        return row_of(self.rank, self.kind, entry)


def row_of(rank: int, kind: str, entry: Entry) -> Row:
    """The row of an event, whichever kind it is of."""
    event = entry.event
    ms, number = inbox.order(entry.position)
    text = _text(event, "message")
    return Row(
        place=Place(ms, rank, number, ""),
        id=event["id"],
        direction=DIRECTION[kind],
        status=RECEIVED if kind == MESSAGE else _text(event, "status"),
        connection=_text(event, "connection"),
        phone=_text(event, "phone"),
        message=text if kind == MESSAGE else None,
        detail=_detail(kind, entry),
        received_at=_text(event, "received_at"),
        device_fingerprint=_text(event, "device_fingerprint"),
        sim_slot=_text(event, "sim_slot"),
        to=_text(event, "to"),
        event_id=event["id"],
        job_id=_text(event, "job_id"),
        names=[_text(event, name) for name in ("provider_id", "batch_id")],
        media=event.get("media") or () if kind == MESSAGE else (),
    )


def _detail(kind: str, entry: Entry) -> str:
    event = entry.event
    if kind == MESSAGE:
        return "From the account's history." if entry.quiet else ""
    if kind == STATUS:
        return _text(event, "detail")
    if kind == BALANCE:
        return f"The balance is {event.get('balance')}, after {event.get('previous_balance')}."
    name = _text(event, "device_name") or _text(event, "device_fingerprint")
    return f"{name} is {_text(event, 'status')}."


def _text(event: Any, name: str) -> str:
    found = event.get(name)
    return found if isinstance(found, str) else ""


def _end(rank: int, below: Place) -> str:
    """The end of a range of positions before this place."""
    if rank < below.source:
        return str(below.ms)
    number = below.number if rank == below.source else 0
    # The store refuses a range that ends before the very first position.
    return f"({below.ms}-{number}" if below.ms or number else inbox.START
