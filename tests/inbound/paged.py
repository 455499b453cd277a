"""An account in memory whose list is read by time, and a connection to it that is synced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import inbox, sync
from integration.kernel.capabilities import ListsInboundSince
from integration.kernel.events import MESSAGE, Account, InboundMessage, InboundPage, Unreadable
from integration.kernel.fields import Inputs
from integration.kernel.specs import Limit, Provider
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE

MINUTE = timedelta(minutes=1)


@dataclass
class Office:
    """What the provider holds, and what it was asked: cursors, and how far back."""

    texts: list[InboundMessage] = field(default_factory=list)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    newest_first: bool = True
    page: int = 50
    fails: Callable[[str], None] = lambda _: None
    unread: list[Unreadable] = field(default_factory=list)
    behind: timedelta = timedelta()

    def arrive(self, words: str, *, ago: timedelta = timedelta(), **more: Any) -> InboundMessage:
        message = InboundMessage(
            provider_id=more.pop("id", f"SM{len(self.texts)}"),
            phone="+14155550123",
            message=words,
            received_at=moment() - self.behind - ago,
            **more,
        )
        self.texts.append(message)
        return message

    def received(self, cursor: str, since: datetime) -> InboundPage:
        self.asked.append((cursor, since))
        self.fails(cursor)
        found = [each for each in self.texts if each.received_at >= since]
        found.sort(key=lambda each: each.received_at, reverse=self.newest_first)
        start = int(cursor or 0)
        some = sorted(found[start : start + self.page], key=lambda each: each.received_at)
        end = start + self.page
        return InboundPage(
            messages=some, unread=self.unread, cursor=str(end), more=end < len(found)
        )


def moment() -> datetime:
    return datetime.fromtimestamp(wall_ms() / 1000, UTC)


class Paged(Provider, ListsInboundSince):
    key, label, help, settings = "pairfon", "Paged", "Lists by time.", Inputs
    base_url, limit, late_within = "https://paged.example", Limit(requests=1000, seconds=60), 120.0
    ids_join = True
    office: ClassVar[Office]

    def probe(self) -> Account:
        raise NotImplementedError

    def received(self, *, cursor: str, since: datetime) -> InboundPage:
        # As each call of the port does.
        self.http.permits.take()  # type: ignore[attr-defined]  # a link gives a MeteredHttp
        self.http.reach.behind = self.office.behind.total_seconds()  # type: ignore[attr-defined]  # a link gives a MeteredHttp
        return self.office.received(cursor, since)


class Reader:
    """A connection to the office, whose syncs a test brings on."""

    def __init__(self, own: Services, connection: Connection) -> None:
        self.office = Office()
        self.kind: type[Provider] = type("Kind", (Paged,), {"office": self.office})
        self.own = replace(own, catalog=replace(own.catalog, providers={"pairfon": self.kind}))
        self.own = replace(self.own, settings=replace(own.settings, retention_events=5_000))
        self.connection = connection

    def sync(self) -> None:
        self.own.db.hset(keys.sync_state(self.connection.id), "tried_ms", 0)
        sync.sync(self.own, self.connection, wait=True)

    def state(self) -> dict[str, str]:
        return dict(self.own.db.hgetall(keys.sync_state(self.connection.id)))

    def health(self) -> str:
        facts = connections.get(self.own, WORKSPACE, self.connection.id).facts
        return str(facts.get("health", "unknown"))

    def inbox(self, *, quiet: bool = False) -> Counter[str]:
        entries = inbox.backwards(self.own, WORKSPACE, MESSAGE)
        return Counter(each.event["message"] for each in entries if quiet or not each.quiet)
