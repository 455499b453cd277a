"""Back-fill: reads the history of the conversations that hold more texts than we know.

A work of its own beside the sync. It commits page by page, goes on where it broke off, and takes
calls that others can spare. Counts lead it (counting.py), not times or windows. So it does not
matter how late a phone uploads a text, whose clock is wrong, or in which order a list is.
"""

import json
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from integration.accounts import connection_facts, connections
from integration.accounts.connections import Connection
from integration.accounts.conversation_counts import NUMBER, SENT
from integration.accounts.provider_limit import BACKFILL
from integration.accounts.provider_link import link
from integration.inbound import counting, first_look, page_facts, unreadable
from integration.inbound.commit import commit
from integration.inbound.counting import DOUBT, HABIT, Reading
from integration.inbound.sync import LONGEST_PAUSE_MS
from integration.kernel.capabilities import ListsInbound
from integration.kernel.errors import ProviderRejected, ProviderUnavailable
from integration.kernel.events import HistoryPage, InboundMessage
from integration.services import Services
from integration.store import counters, damaged, keys
from integration.store.clock import now_ms, wall_ms
from integration.store.counters import number
from integration.store.script import script

log = logging.getLogger(__name__)
COMPARE_MS = 600_000
"""How often counts are compared where nothing gives cause to."""
SETTLE_MS = 5_000
"""How long webhooks that are under way have before a doubt is looked into."""
APART_MS = 30_000
"""The least time between two comparisons, however much is in doubt."""
STEP_SECONDS = 1.5
"""How long the account's other work waits for one step."""
LEAST_PAUSE_MS = 5_000
FILLED = "The provider had more texts than we knew; its history was read for what was missed."
UNREAD = "The provider does not show {} of the conversations that it counted more texts in."
UNFILLED = "Messages may have been missed, and the provider's history could not be read."


@script("read_on")
def READ_ON(
    *,
    connection_id: str,
    head: str,
    onward: str,
    name: str,
    sent: str,
    count: int,
    found: int,
    refused: int,
) -> None:
    """Note how far the first conversation is read, or that it is done."""


def turn(services: Services, connection: Connection) -> int:
    """Compare counts where that is due, read on where something is left; returns when to come
    again (ms)."""
    if not connections.can(services, connection, ListsInbound):
        return now_ms() + LONGEST_PAUSE_MS
    waits = services.db.exists(keys.backfill(connection.id))
    due = _due(services, connection)
    if not waits and due > now_ms():
        return due
    try:
        ended = _step(services, connection, compares=not waits)
    except ProviderUnavailable as error:
        return now_ms() + int((error.retry_after or 0) * 1000 or _pause(services, now_ms() - due))
    except ProviderRejected as error:
        return _refused(services, connection, error)
    if ended:
        _tell(services, connection)
    return now_ms() if ended is False else _due(services, connection)


def _tell(services: Services, connection: Connection) -> None:
    """Note what a back-fill that is over found, and what it was not shown."""
    facts = "backfill_found", "backfill_refused"
    asked = services.db.hmget(keys.connection(connection.id), facts)
    found, refused = (number(each or "") or 0 for each in asked)
    if not found and not refused:
        return
    if found:
        counters.count(services.db, "inbound-gaps")
    said = [FILLED] if found else []
    said += [UNREAD.format(refused)] if refused else []
    connection_facts.note_gap(services, connection, found, " ".join(said))
    log.warning("gap in %s: back-filled %d, refused %d", connection.id, found, refused)


def _due(services: Services, connection: Connection) -> int:
    """When the counts are to be compared next (ms)."""
    asked = services.db.hmget(keys.sync_state(connection.id), "counted_ms", DOUBT)
    counted, doubt = (number(each or "") for each in asked)
    if counted is None:
        # There is no baseline yet; the sync takes it.
        return now_ms() + LEAST_PAUSE_MS
    if doubt is None:
        return counted + COMPARE_MS
    return min(counted + COMPARE_MS, max(doubt + SETTLE_MS, counted + APART_MS))


def _step(services: Services, connection: Connection, *, compares: bool) -> bool | None:
    """Read for a moment; returns whether all is read then, None where nothing was to be read.

    What a page showed is committed, and its place noted, before the next."""
    provider = link(services, connection, share=BACKFILL)
    assert isinstance(provider, ListsInbound)
    ends = time.monotonic() + STEP_SECONDS
    if compares:
        counting.compare(services, connection, provider)
    head = services.db.lindex(keys.backfill(connection.id), 0)
    ended = None if head is None else False
    while head is not None and time.monotonic() < ends:
        _read(services, connection, provider, head)
        head = services.db.lindex(keys.backfill(connection.id), 0)
        ended = head is None
    return ended


def _read(services: Services, connection: Connection, provider: ListsInbound, head: str) -> None:
    """Read a page of the first conversation, unless a webhook or the list completed it."""
    try:
        reading = Reading(**json.loads(head))
    except damaged.NONSENSE as error:
        damaged.note(services.db, keys.backfill(connection.id), type(error).__name__)
        _note(services, connection, head, None, refused=1)
        return
    habit = services.db.hget(keys.sync_state(connection.id), HABIT) or ""
    if counting.accounted(services, connection, reading, habit):
        _note(services, connection, head, None)
        return
    [device, phone] = reading.talks[reading.at]
    page = provider.page(device_fingerprint=device, phone=phone, number=reading.page)
    unreadable.keep(services, connection, page.unread)
    if len(reading.talks) == 1 and (told := page_facts.habit_of(reading.count, page)):
        services.db.hset(keys.sync_state(connection.id), HABIT, told)
    _take(services, connection, head, reading, page)


def _take(
    services: Services, connection: Connection, head: str, reading: Reading, page: HistoryPage
) -> None:
    """Commit what is new on a page, and go on behind it."""
    top = reading.tops[reading.at]
    new = [each for each in page.received if _is_news(services, connection, each, top)]
    found = sum(map(bool, commit(services, connection, new, "history")))
    others = sum((number(each) or 0) > top for each in page.sent) if top is not None else 0
    refused = page.pages == 0
    read = replace(
        reading,
        found=reading.found + found,
        others=reading.others + others,
        refused=reading.refused or refused,
    )
    # A phone that is paired again, or a provider that restarts, refuses a number for a moment: the
    # next comparison tries again. The history of a sender that has a name may never be shown.
    held = None if read.refused and read.name.startswith(NUMBER) else read
    then = _after(read, page)
    _note(services, connection, head, held, then, found=found, refused=int(refused))


def _is_news(
    services: Services, connection: Connection, message: InboundMessage, top: int | None
) -> bool:
    """Whether it came in after the connection was made.

    Its time says so, unless a phone uploaded it late. Then its id does. What is
    older than all that we remember is history, or an event that there was."""
    days = timedelta(days=services.settings.retention_days)
    made = first_look.begins(connection)
    oldest = datetime.fromtimestamp(wall_ms() / 1000, UTC) - days
    if message.received_at >= max(made, oldest):
        return True
    return top is not None and (number(message.provider_id or "") or 0) > top


def _after(reading: Reading, page: HistoryPage) -> Reading | None:
    """What is to be read next of the conversation; None where all that is missing was found."""
    by_hand = max(0, reading.others - reading.sent) if reading.counts_sent else 0
    if reading.found + by_hand >= reading.missing:
        return None
    if reading.page < page.pages:
        return replace(reading, page=reading.page + 1)
    if reading.at + 1 < len(reading.talks):
        return replace(reading, at=reading.at + 1, page=1)
    return None


def _note(
    services: Services,
    connection: Connection,
    head: str,
    read: Reading | None,
    then: Reading | None = None,
    *,
    found: int = 0,
    refused: int = 0,
) -> None:
    """Note what became of the first conversation: `read`, and `then` to be read on. None for one
    whose count stays as we have it."""
    READ_ON(
        connection_id=connection.id,
        head=head,
        onward=then.written() if then else "",
        name=read.name if read else "",
        sent=SENT + read.name if read else "",
        count=read.count if read else 0,
        found=found,
        refused=refused,
    ).run(services.db)


def _refused(services: Services, connection: Connection, error: ProviderRejected) -> int:
    """Say so, and let another conversation be the first at the next try."""
    connection_facts.note_gap(services, connection, 0, f"{UNFILLED} {error.message}")
    services.db.hset(keys.sync_state(connection.id), "counted_ms", now_ms())
    services.db.lmove(keys.backfill(connection.id), keys.backfill(connection.id), "LEFT", "RIGHT")
    return now_ms() + _pause(services)


def _pause(services: Services, late_ms: int = 0) -> int:
    """The longer a comparison has been due in vain, the longer."""
    least = max(services.settings.sync_interval * 1000, LEAST_PAUSE_MS)
    return min(max(least, late_ms), COMPARE_MS)
