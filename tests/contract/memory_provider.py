"""A provider that keeps everything in memory: each port fulfilled in the plainest way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integration.kernel.capabilities import (
    HasAccount,
    HasConversations,
    HasDevices,
    HasHistory,
    HasSenders,
    HoldsContacts,
    SendsMms,
    SendsSms,
)
from integration.kernel.events import (
    Account,
    Contact,
    Conversation,
    Device,
    Group,
    HistoryRow,
    Sender,
    Sent,
)
from integration.kernel.fields import Inputs
from integration.kernel.outgoing import Outgoing
from integration.kernel.specs import Answer, Limit, Provider

NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


class NoHttp:
    """The network, for a provider that has none."""

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Sequence[tuple[str, str]] | None = None,
        host: str = "",
        effect: bool = False,
        private: Sequence[str] = (),
    ) -> Answer:
        raise AssertionError(f"{method} {path} was called")


class MemoryProvider(
    Provider,
    SendsSms,
    SendsMms,
    HoldsContacts,
    HasDevices,
    HasHistory,
    HasConversations,
    HasAccount,
    HasSenders,
):
    key, label, help = "memory", "Memory", "Keeps everything in memory."
    settings = Inputs
    base_url = "https://memory.example"
    limit = Limit(requests=100, seconds=60)

    def __init__(self) -> None:
        super().__init__({}, NoHttp())
        self.calls: list[dict[str, Any]] = []
        self.rows: list[HistoryRow] = []
        self.talks: list[Conversation] = []
        self.people: list[Contact] = []
        self.circles: list[Group] = []
        self.phones: list[Device] = []
        self.numbers: list[Sender] = []
        self.owner = Account(label="Amy's Office", balance="42.50")
        self.wishes: list[dict[str, Any]] = []

    def probe(self) -> Account:
        return self.owner

    def send_sms(self, text: Outgoing) -> Sent:
        return self._sent(text, sim_slot=text.sim_slot or "SIM1")

    def send_mms(self, text: Outgoing) -> Sent:
        return self._sent(text, sim_slot=None, media=len(text.media_urls))

    def _sent(self, text: Outgoing, **facts: Any) -> Sent:
        number = self._next(vars(text))
        row = history_row(provider_id=number, phone=text.phone, message=text.message, **facts)
        self.rows.append(row)
        return Sent(provider_id=number)

    def add_contact(
        self, *, phone: str, group_id: str, first_name: str | None, last_name: str | None
    ) -> Sent:
        wishes = {"phone": phone, "group_id": group_id}
        wishes |= {"first_name": first_name or "", "last_name": last_name or ""}
        contact = Contact(id=self._next(wishes), **wishes)
        self.people.append(contact)
        return Sent(provider_id=contact.id)

    def contacts(self, *, group_id: str | None, phone: str | None) -> list[Contact]:
        return [
            each
            for each in self.people
            if group_id in (None, each.group_id) and phone in (None, each.phone)
        ]

    def create_group(self, *, name: str, description: str | None) -> Sent:
        group = Group(id=self._next({"name": name, "description": description}), name=name)
        self.circles.append(group)
        return Sent(provider_id=group.id)

    def groups(self) -> list[Group]:
        return self.circles

    def devices(self) -> list[Device]:
        return self.phones

    def remove_device(self, device_fingerprint: str) -> Sent:
        self._next({"device_fingerprint": device_fingerprint})
        self.phones = [e for e in self.phones if e.device_fingerprint != device_fingerprint]
        return Sent(provider_id=None)

    def history(
        self, *, device_fingerprint: str | None, phone: str, since: datetime | None
    ) -> list[HistoryRow]:
        return sorted(self.rows, key=lambda row: row.at, reverse=True)

    def conversations(self, *, device_fingerprint: str | None) -> list[Conversation]:
        return self.talks

    def account(self) -> Account:
        return self.owner

    def senders(self) -> list[Sender]:
        return self.numbers

    # What follows is the register of the workspace, for what asks no account.
    kept = True

    def add(self, **wish: str) -> int:
        self._next(wish)
        return 1

    def lift(self, **wish: str) -> int:
        self._next(wish)
        return 1

    def find(self, *, phone: str, sender: str, connection: str) -> list[dict[str, Any]]:
        return [each for each in self.wishes if each["phone"] == phone]

    def _next(self, wishes: dict[str, Any]) -> str:
        self.calls.append(wishes)
        return str(len(self.calls))


def history_row(**other: Any) -> HistoryRow:
    usual: dict[str, Any] = {
        "provider_id": "1",
        "direction": "outbound",
        "phone": "+14155550123",
        "message": "Your table is ready.",
        "sim_slot": "SIM1",
        "status": "delivered",
        "raw_status": "delivered",
        "at": NOON,
    }
    return HistoryRow(**(usual | other))


def device(fingerprint: str, name: str = "Samsung Galaxy S24", status: str = "active") -> Device:
    return Device(
        device_fingerprint=fingerprint, device_name=name, status=status, selected_sim="BOTH"
    )


def contact(key: str, phone: str = "+14155550123", group: str = "g_01hgroup") -> Contact:
    return Contact(id=key, phone=phone, group_id=group, first_name="Amy", last_name="Lee")


def talk(phone: str = "+14155550123", hours: int | None = 0, **other: Any) -> Conversation:
    at = None if hours is None else NOON + timedelta(hours=hours)
    usual: dict[str, Any] = {
        "last_message": "Yes, see you at 5",
        "direction": "inbound",
        "message_count": 15,
    }
    return Conversation(phone=phone, last_message_at=at, **(usual | other))


def full() -> MemoryProvider:
    """A provider with one of everything that a search finds and a dropdown lists."""
    provider = MemoryProvider()
    provider.rows = [history_row()]
    provider.talks = [talk()]
    provider.people = [contact("c_01hxyz")]
    provider.circles = [Group(id="g_01hgroup", name="Newsletter")]
    provider.phones = [device("abc123")]
    provider.numbers = [Sender(id="Hookline", label="Hookline")]
    provider.wishes = [wish()]
    return provider


def wish(phone: str = "+14155550123") -> dict[str, Any]:
    return {
        "id": "opt_1",
        "phone": phone,
        "connection": "conn_1",
        "sender": "+14155550100",
        "opted_out": True,
        "by": "word",
        "note": "STOP",
        "changed_at": "2026-01-31T09:00:00Z",
    }


def samples(schema: type[Inputs]) -> dict[str, str]:
    """What a user might give: each field's own sample."""
    return {name: field.metadata["sample"] for name, field in schema().fields.items()}


def ids(specs: Sequence[Any]) -> list[str]:
    return [spec.key for spec in specs]
