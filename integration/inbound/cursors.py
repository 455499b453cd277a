"""Cursors: a reader's place in the inbox, kept by the reader or, for a consumer, by us."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from integration.inbound import inbox
from integration.inbound.inbox import Entry
from integration.kernel import times
from integration.kernel.errors import InvalidInput
from integration.kernel.specs import Trigger, Values
from integration.services import Services
from integration.store import durability, keys, replicas
from integration.store.script import script

LATE_MS = 60_000
"""How long after it was received a message may have reached us."""
AHEAD_MS = 300_000
"""How far a phone's clock may be ahead of ours."""
LOOKED_AT = 10_000
"""Messages among which the newest is looked for."""
SHAPE = re.compile(r"c([0-9a-f]{1,12})x([0-9a-f]{1,12})")


@script("move_cursor")
def MOVE_CURSOR(
    *, consumer: str, batch_before: str, batch: str, start: str, stop: str, holds: str
) -> None:
    """Move a consumer to its next batch, unless another poll was first."""


Reader = Callable[[str, str], tuple[list[bytes], str]]
"""Takes two positions; returns the stored events between them and the position they end at."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one poll gives: events as stored JSON, and where the next poll goes on."""

    events: Sequence[bytes]
    position: str
    batch_id: str | None = None


def written(position: str) -> str:
    """A position as the opaque text that readers keep."""
    time, count = inbox.order(position)
    return f"c{time:x}x{count:x}"


def read(text: str) -> str:
    """The position in a cursor's text; InvalidInput for any other text."""
    match = SHAPE.fullmatch(text.strip())
    if not match:
        sentence = "This cursor is not one of ours; use the X-Next-Cursor of an earlier answer."
        raise InvalidInput(sentence, errors={"cursor": [sentence]})
    return f"{int(match[1], 16)}-{int(match[2], 16)}"


def forwards(
    services: Services, workspace: str, trigger: Trigger, filters: Values, limit: int
) -> Reader:
    """A reader of what comes after one position, oldest first: `limit` events up to the end, or
    all up to a given position. So a batch is offered again as it was, under any limit."""

    def read_between(start: str, until: str = inbox.END) -> tuple[list[bytes], str]:
        found: list[bytes] = []
        end = start
        for entry in inbox.after(services, workspace, trigger.kind, start, until):
            end = entry.position
            if _is_past(entry, start):
                continue
            if wanted(trigger, filters, entry):
                found.append(entry.json.encode())
            if until == inbox.END and len(found) == limit:
                break
        return found, end

    return read_between


def _is_past(entry: Entry, start: str) -> bool:
    """Whether it is history from before the reader's position.

    A connection that is made again, as after the store was emptied, must not give a reader its
    whole history."""
    received_at = entry.event.get("received_at")
    if not entry.quiet or start == inbox.START or not isinstance(received_at, str):
        return False
    moment = times.parse_strict(received_at).timestamp() * 1000
    return moment + LATE_MS < int(start.partition("-")[0])


def wanted(trigger: Trigger, filters: Values, entry: Entry) -> bool:
    """Whether the entry passes the filters."""
    return trigger.takes_all(filters) or trigger.wants(entry.event, filters)


def matching(
    services: Services,
    workspace: str,
    trigger: Trigger,
    filters: Values,
    newest: str = inbox.END,
) -> Iterator[Entry]:
    """Entries not after `newest` that pass, newest first."""
    for entry in inbox.backwards(services, workspace, trigger.kind, newest):
        if not entry.added and wanted(trigger, filters, entry):
            yield entry


def latest(services: Services, workspace: str, trigger: Trigger, filters: Values) -> list[Entry]:
    """The newest by `received_at`, alone, or nothing.

    Phones upload late, and a back-fill brings old texts. A text that is dated far ahead was
    received when it reached us: it would hide all newer ones until its time has come."""
    best: list[Entry] = []
    newest = (0.0, 0.0)
    for entry in islice(matching(services, workspace, trigger, filters), LOOKED_AT):
        arrived_ms = inbox.order(entry.position)[0]
        if arrived_ms + AHEAD_MS < newest[0]:
            break
        dated_ms = times.parse_strict(entry.event["received_at"]).timestamp() * 1000
        moment = (dated_ms if dated_ms <= arrived_ms + AHEAD_MS else arrived_ms, dated_ms)
        if moment > newest:
            best, newest = [entry], moment
    return best


def consumer_key(workspace: str, trigger: Trigger, name: str, filters: Values) -> str:
    """Consumers of one name under different filters are different consumers."""
    facts = json.dumps([trigger.key, name, sorted(filters.items())], default=str)
    return keys.consumer(workspace, hashlib.sha256(facts.encode()).hexdigest()[:32])


def ahead(services: Services, key: str, reader: Reader) -> Batch:
    """What the next poll of a consumer gives. It counts as had by nobody."""
    events, end = reader(_begins(services, services.db.hgetall(key)), inbox.END)
    return Batch(events=events, position=end)


def _begins(services: Services, state: Mapping[str, str]) -> str:
    """Where a consumer goes on. One that lost its place was here until the store was emptied."""
    return state.get("to") or f"{durability.emptied_ms(services.db) or 0}-0"


def consume(
    services: Services, key: str, reader: Reader, *, required: bool, ack: str | None
) -> Batch:
    """The next batch of a consumer, or the last one again while its acknowledgement is owed.

    Two polls at once cannot both move the cursor: the store compares before it sets, and the
    one that comes second reads again.
    """
    batch_id = f"bat_{secrets.token_hex(8)}"
    while True:
        state = services.db.hgetall(key)
        if state.get("holds") == "1" and ack != state["batch"]:
            events, end = reader(state["from"], state["to"])
            # One whose events are gone is not waited for: nobody acknowledges nothing.
            if events:
                return Batch(events=events, position=end, batch_id=state["batch"])
        start = _begins(services, state)
        events, end = reader(start, inbox.END)
        holds = "1" if events and (required or ack) else "0"
        moved = MOVE_CURSOR(
            consumer=key,
            batch_before=state.get("batch", ""),
            batch=batch_id,
            start=start,
            stop=end,
            holds=holds,
        )
        if replicas.kept(services.db, moved, services.settings.store_replicas):
            return Batch(events=events, position=end, batch_id=batch_id)
