"""An account in memory, with phones, a list and a history, that is synced and back-filled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import backfill, counting, sync
from integration.inbound.commit import commit
from integration.inbound.counting import DOUBT
from integration.kernel.capabilities import ListsInbound
from integration.kernel.errors import ProviderUnavailable
from integration.kernel.events import MESSAGE, Conversation, HistoryPage, InboundMessage
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.delivery.drains import WORKSPACE

PHONE = "+14155550123"
PAGE = 3


class Account(ListsInbound):
    """What the provider holds; `texts` are (device, phone, outbound, message), in arrival order."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, bool, InboundMessage]] = []
        self.window, self.counts_sent, self.by_time = 5, True, False
        self.reads: list[tuple[str, int]] = []
        self.fails: Callable[[str, int], None] = lambda *_: None
        self.blind = self.mute = False
        self.hidden = ""

    def arrive(
        self, words: str, *, phone: str = PHONE, late: timedelta = timedelta(), **more: Any
    ) -> InboundMessage:
        """A text that a phone uploads now; it was received so much earlier."""
        number = str(len(self.texts) + 100)
        message = InboundMessage(
            provider_id=more.pop("id", number),
            phone=phone,
            message=words,
            received_at=moment() - late,
            device_fingerprint=more.pop("device", "phone-1"),
        )
        self.texts.append(
            (str(message.device_fingerprint), phone, more.pop("sent", False), message)
        )
        return message

    def delete_all(self) -> Account:
        """Somebody deletes everything on the phone."""
        self.texts.clear()
        return self

    def recent(self) -> list[InboundMessage]:
        found = [message for *_, sent, message in self.texts if not sent]
        if self.by_time:
            found.sort(key=lambda each: each.received_at)
        return found[-self.window :]

    def latest(self) -> InboundMessage | None:
        return None

    def conversations(self, *, device_fingerprint: str | None) -> list[Conversation]:
        if self.mute:
            raise ProviderUnavailable("Not now.")
        if self.blind:
            return []
        talks: dict[tuple[str, str], Conversation] = {}
        for device, phone, sent, message in self.texts:
            before = talks.pop((device, phone), None)
            talks[device, phone] = Conversation(
                phone=phone,
                last_message=message.message,
                last_message_at=message.received_at,
                direction="outbound" if sent else "inbound",
                message_count=(before.message_count if before else 0)
                + (not sent or self.counts_sent),
                device_fingerprint=device,
            )
        return list(talks.values())

    def page(self, *, device_fingerprint: str, phone: str, number: int) -> HistoryPage:
        self.fails(phone, number)
        self.reads.append((phone, number))
        if phone == self.hidden:
            return HistoryPage(received=[], sent=[], pages=0, total=0)
        asked = (device_fingerprint, phone)
        rows = [row[2:] for row in self.texts if row[:2] == asked]
        if self.by_time:
            rows.sort(key=lambda row: row[1].received_at)
        rows.reverse()
        shown = rows[(number - 1) * PAGE : number * PAGE]
        return HistoryPage(
            received=[message for sent, message in reversed(shown) if not sent],
            sent=[str(message.provider_id) for sent, message in shown if sent],
            pages=max(1, -(-len(rows) // PAGE)),
            total=len(rows),
        )


def moment() -> datetime:
    return datetime.fromtimestamp(wall_ms() // 1000).astimezone()


class Looked:
    """The connection to an account, whose syncs and back-fills a test brings on."""

    def __init__(self, own: Services, connection: Connection, patch: pytest.MonkeyPatch) -> None:
        self.own, self.connection, self.account = own, connection, Account()
        for module in (sync, backfill, counting):
            patch.setattr(module, "link", lambda *_, **__: self.account)

    def sync(self) -> None:
        self.own.db.hset(keys.sync_state(self.connection.id), "tried_ms", 0)
        sync.sync(self.own, self.connection, wait=True)

    def doubts(self) -> bool:
        return bool(self.own.db.hexists(keys.sync_state(self.connection.id), DOUBT))

    def ten_minutes_pass(self) -> None:
        state = keys.sync_state(self.connection.id)
        self.own.db.hset(state, "counted_ms", now_ms() - backfill.COMPARE_MS)
        self.account.reads.clear()

    def compare(self) -> None:
        """Ten minutes later, as far as it goes without a pause."""
        self.ten_minutes_pass()
        self.go_on()

    def go_on(self) -> None:
        while backfill.turn(self.own, self.now()) <= now_ms():
            pass

    def told(self, *messages: InboundMessage) -> None:
        """A webhook brings them."""
        commit(self.own, self.connection, messages, "webhook")

    def now(self) -> Connection:
        return connections.get(self.own, WORKSPACE, self.connection.id)

    def inbox(self, *, quiet: bool = False) -> Counter[str]:
        rows = self.own.db.xrange(keys.inbox(WORKSPACE, MESSAGE))
        return Counter(_words(each) for _, each in rows if quiet or "q" not in each)

    def reads(self) -> list[str]:
        """The numbers whose history was read since the last comparison, in their order."""
        return [phone for phone, _ in self.account.reads]


def _words(fields: dict[str, str]) -> str:
    return str(json.loads(fields["e"])["message"])
