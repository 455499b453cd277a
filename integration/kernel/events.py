"""The words every provider is translated into, and every platform out of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Event = Mapping[str, Any]
"""An event as platforms see it: plain JSON. Adding a key is safe; renaming one is not."""

MESSAGE = "message"
"""The kind of event that inbound messages are; a kind is one log in the inbox."""
CONVERSATION = "conversation"
"""The first message that a number ever sent to a connection."""
STATUS = "status"
"""A change of the status of a message that we sent."""
DEVICE = "device"
"""A change of the status of a phone."""
BALANCE = "balance"
"""A change of an account's balance."""

Channel = Literal["list", "latest", "webhook", "history"]
"""How a message reached us; each channel counts for itself (see `events.identity`)."""


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """A text that reached one of the user's numbers, as the provider told it.

    `provider_id` is the upstream's own id as text, None where it gives none; `phone` is the
    sender as written upstream (short codes and names occur); `received_at` is aware UTC.
    """

    provider_id: str | None
    phone: str
    message: str
    received_at: datetime
    sim_slot: str | None = None
    device_fingerprint: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


JobStatus = Literal[
    "scheduled", "queued", "sending", "sent", "delivered", "failed", "unknown", "cancelled"
]
RECEIPT_STATUSES = ("queued", "sent", "delivered", "failed", "unknown")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A delivery receipt. `status` is one of RECEIPT_STATUSES, `raw` the provider's own word."""

    provider_id: str
    status: str
    raw: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a provider answered when it took a call.

    `provider_id` is None where it gives no id; `result` is what else is worth showing.
    """

    provider_id: str | None
    note: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One message of a provider's history. `status` is one of RECEIPT_STATUSES."""

    provider_id: str
    direction: str
    phone: str
    message: str
    sim_slot: str | None
    status: str
    raw_status: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Conversation:
    phone: str
    last_message: str
    last_message_at: datetime | None
    direction: str
    message_count: int


@dataclass(frozen=True, kw_only=True)
class Device:
    """A phone of the account. The provider's push token is a secret and has no place here."""

    device_fingerprint: str
    device_name: str
    status: str
    selected_sim: str


@dataclass(frozen=True, kw_only=True)
class Group:
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Contact:
    id: str
    phone: str
    group_id: str | None
    first_name: str | None
    last_name: str | None


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account behind a connection. `balance` is in the provider's own unit, as text."""

    label: str
    balance: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class UpstreamHook:
    """An entry of the provider's own webhook list, kept as it was found."""

    url: str
    active: bool
    raw: Mapping[str, Any] = field(default_factory=dict)
