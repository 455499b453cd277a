"""First look: what an account had received before it was connected is history, and no news."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from integration.accounts.connections import Connection
from integration.inbound import inbox
from integration.inbound.commit import commit
from integration.kernel.events import Channel, InboundMessage
from integration.services import Services
from integration.store import keys

FIRST_GRACE = timedelta(seconds=60)


def begins(connection: Connection) -> datetime:
    """What came in before this is history."""
    return datetime.fromtimestamp(connection.created_ms / 1000, UTC) - FIRST_GRACE


def commit_apart(
    services: Services, connection: Connection, found: Sequence[InboundMessage], channel: Channel
) -> list[str]:
    """Commit what a first look shows, which may be older than the connection.

    What came in before the connection was made is history: it can be polled, but floods no hook."""
    made = begins(connection)
    old = [each for each in found if each.received_at < made]
    new = [each for each in found if each.received_at >= made]
    added = services.db.hexists(keys.sync_state(connection.id), "added")
    mark = inbox.ADDED if added else inbox.HISTORY
    ids = commit(services, connection, old, channel, quiet=mark)
    return ids + commit(services, connection, new, channel)
