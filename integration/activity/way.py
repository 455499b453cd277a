"""The way of one row: how a text came, to which hooks it went, what was sent and what came back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from integration.activity import deliveries, inboxes, jobs, neighbours
from integration.activity.neighbours import Neighbours
from integration.activity.rows import Row
from integration.activity.sources import INBOXES, SENT
from integration.delivery import log
from integration.delivery.records import delivery_id
from integration.hooks import subscriptions
from integration.inbound import inbox, sightings
from integration.inbound.inbox import Entry
from integration.jobs import ledger
from integration.jobs.record import Job
from integration.kernel.errors import NotFound
from integration.kernel.events import MESSAGE, Event
from integration.services import Services

SEARCHED = 20_000
"""Events of each kind among which one is looked for whose time is not given."""
STATUS_EVENT = re.compile(r"sts_([0-9a-f]{20})_[0-9]+")
NOWHERE = (
    f"There is no such row among the newest {SEARCHED:,} of this workspace. Give `at` as the list"
    " of activity shows it, and an older one is found."
)
NOBODY = Neighbours(before=None, after=())


@dataclass(frozen=True, kw_only=True)
class Way:
    """`event` is as platforms get it, and `deliveries` are as the API shows them.

    `channels` is how often each one showed a text. `alike` is how many equal texts of one second
    share these counts."""

    row: Row
    event: Event | None = None
    channels: Mapping[str, int] = field(default_factory=dict)
    alike: int = 0
    deliveries: Sequence[Mapping[str, Any]] = ()
    job: Job | None = None
    near: Neighbours = NOBODY


def of(services: Services, workspace: str, id: str, at_ms: int | None = None) -> Way:
    """The way of a row with this id. `at_ms` is its time, by which an old event is found.

    Raises NotFound.
    """
    changed = STATUS_EVENT.fullmatch(id)
    if id.startswith("job_") or changed:
        return _of_job(services, workspace, f"job_{changed[1]}" if changed else id)
    if id.startswith("dlv_"):
        return _of_delivery(services, workspace, id)
    return _of_event(services, workspace, *_found(services, workspace, id, at_ms))


def _of_job(services: Services, workspace: str, id: str) -> Way:
    [job] = ledger.explained(services, [ledger.get(services, workspace, id)])
    row = jobs.row_of(SENT.rank, job)
    return Way(row=row, job=job, near=neighbours.of(services, workspace, row))


def _of_delivery(services: Services, workspace: str, id: str) -> Way:
    record = log.get(services, workspace, id)
    event = deliveries.events_of(services, [record])[0]
    row = deliveries.row_of(deliveries.place_of(record), record, event)
    return Way(row=row, event=event or None, deliveries=[log.shown(record)])


def _of_event(services: Services, workspace: str, kind: str, entry: Entry) -> Way:
    row = inboxes.row_of(INBOXES[kind].rank, kind, entry)
    channels, alike = sightings.shown(services, entry.event) if kind == MESSAGE else ({}, 0)
    return Way(
        row=row,
        event=entry.event,
        channels={str(name): count for name, count in channels.items()},
        alike=alike,
        deliveries=_deliveries(services, workspace, kind, row.id),
        near=neighbours.of(services, workspace, row) if kind == MESSAGE else NOBODY,
    )


def _deliveries(
    services: Services, workspace: str, kind: str, event_id: str
) -> Sequence[Mapping[str, Any]]:
    """The deliveries of an event to the hooks of now: the id of each follows from both."""
    trigger = services.catalog.trigger
    hooks = subscriptions.listed(services, workspace)
    ids = [delivery_id(each.id, event_id) for each in hooks if trigger(each.trigger).kind == kind]
    return log.several(services, ids)


def _found(services: Services, workspace: str, id: str, at_ms: int | None) -> tuple[str, Entry]:
    for kind in INBOXES:
        for entry in _entries(services, workspace, kind, at_ms):
            if entry.event["id"] == id:
                return kind, entry
    raise NotFound(NOWHERE)


def _entries(services: Services, workspace: str, kind: str, at_ms: int | None) -> Iterator[Entry]:
    if at_ms is None:
        return islice(inbox.backwards(services, workspace, kind), SEARCHED)
    before = f"{max(0, at_ms - 1)}-{2**63 - 1}"
    return inbox.after(services, workspace, kind, before, str(at_ms))
