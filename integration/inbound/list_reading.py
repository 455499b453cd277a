"""List reading: a provider's whole list of received messages, page by page, by time.

A reading begins a little before the last one began, since a provider may list a message late. Each
page is committed, and the place of the next stored, before it is asked for. So a reading that
breaks off goes on at its page.
"""

import json
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.provider_limit import BACKFILL, SYNC
from integration.accounts.provider_link import Reach, link
from integration.inbound import first_look, unreadable
from integration.inbound.commit import commit
from integration.kernel.capabilities import ListsInboundSince
from integration.kernel.errors import ProviderRejected, ProviderUnavailable
from integration.kernel.events import InboundPage
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.clock import wall_ms

HISTORY = timedelta(days=1)
"""How much of the time before the connection a first reading shows, for samples."""
LEAST_SECONDS = 1.0
"""Seconds that must be left for another page."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One pass over the list, as the store keeps it; times are milliseconds of the wall clock."""

    since_ms: int
    began_ms: int
    cursor: str = ""
    first: bool = False

    def written(self) -> str:
        return json.dumps(asdict(self))


def read(services: Services, connection: Connection, within: float) -> bool:
    """Read the list on for so many seconds; returns whether its end was reached.

    The first page may take what a sync may, further ones leave half of the limit to sends.
    Raises ProviderError; what was read until then is committed.
    """
    ends = time.monotonic() + within
    reading, share = _begun(services, connection), SYNC
    while True:
        reach = Reach()
        page = _page(services, connection, reading, ends - time.monotonic(), share, reach)
        if not reading.cursor:
            # The next reading begins where this one did, by the clock that dates the list.
            began_ms = reading.began_ms - int(reach.behind * 1000)
            reading = replace(reading, began_ms=began_ms)
        take = first_look.commit_apart if reading.first else commit
        take(services, connection, page.messages, "list")
        unreadable.keep(services, connection, page.unread)
        if not page.more:
            _end(services, connection, reading)
            return True
        reading, share = replace(reading, cursor=page.cursor), BACKFILL
        services.db.hset(keys.sync_state(connection.id), "reading", reading.written())
        if ends - time.monotonic() < LEAST_SECONDS:
            return False


def _begun(services: Services, connection: Connection) -> Reading:
    """The reading that broke off, or a new one."""
    state, account = keys.sync_state(connection.id), connections.account(connection)
    known, read_ms, left = services.db.hmget(state, "account", "read_ms", "reading")
    if known != account:
        services.db.hdel(state, "read_ms", "reading")
        services.db.hset(state, "account", account)
        read_ms = left = None
    try:
        return Reading(**json.loads(left)) if left else _new(services, connection, read_ms)
    except damaged.NONSENSE as error:
        damaged.note(services.db, state, type(error).__name__)
        return _new(services, connection, None)


def _new(services: Services, connection: Connection, read_ms: str | None) -> Reading:
    began_ms, kind = wall_ms(), services.catalog.provider(connection.provider)
    assert issubclass(kind, ListsInboundSince)
    if read_ms is None:
        since = first_look.begins(connection) - HISTORY
        return Reading(since_ms=int(since.timestamp() * 1000), began_ms=began_ms, first=True)
    # Of what is older we may have forgotten that it was shown.
    oldest = began_ms - services.settings.retention_days * lifetimes.DAY_MS
    since_ms = int(read_ms) - int(kind.late_within * 1000)
    return Reading(since_ms=max(since_ms, oldest), began_ms=began_ms)


def _page(
    services: Services,
    connection: Connection,
    reading: Reading,
    within: float,
    share: int,
    reach: Reach,
) -> InboundPage:
    provider = link(services, connection, within=within, share=share, reach=reach)
    assert isinstance(provider, ListsInboundSince)
    since = datetime.fromtimestamp(reading.since_ms / 1000, UTC)
    try:
        page = provider.received(cursor=reading.cursor, since=since)
    except ProviderRejected:
        # The provider may have forgotten where the cursor leads; the next reading begins again.
        services.db.hdel(keys.sync_state(connection.id), "reading")
        raise
    if page.more and page.cursor in ("", reading.cursor):
        raise ProviderUnavailable("The provider's list of messages leads back to the same page.")
    return page


def _end(services: Services, connection: Connection, reading: Reading) -> None:
    state = keys.sync_state(connection.id)
    with services.db.pipeline(transaction=True) as pipe:
        pipe.hset(state, "read_ms", reading.began_ms)
        pipe.hdel(state, "reading")
        pipe.execute()
