"""The records between providers and platforms: every provider's answers become these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from integration.kernel.surrogates import Told

Event = Mapping[str, Any]
"""An event as platforms see it: plain JSON. A new key is safe; a renamed key breaks apps."""

MESSAGE = "message"
"""The kind of inbound messages. The inbox keeps one log for each kind of event."""
CONVERSATION = "conversation"
"""The kind of a number's first message to a connection."""
STATUS = "status"
"""The kind of a new status of a message that we sent."""
DEVICE = "device"
"""The kind of a new status of a phone."""
BALANCE = "balance"
"""The kind of a new balance of an account."""


@dataclass(frozen=True, kw_only=True)
class Media(Told):
    """One picture or file of a message. `url` is where the provider keeps it, which may ask for the
    account's key, or "" where it cannot be asked; `size` is in bytes. `data` is the file itself,
    where a webhook brings it."""

    url: str
    content_type: str
    size: int | None = None
    name: str | None = None
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Which part of a long text this is: the `number` (from 1) of `total` that share a `reference`.
    The sender's phone may use the reference again for its next long text."""

    reference: str
    number: int
    total: int


OPT_OUT_WORDS = ("stop", "start", "help")

OPT_OUT = "opt_out"
"""The kind of a person's new wish to get no texts, or to get them again."""

Channel = Literal["list", "latest", "webhook", "history"]
"""The ways by which a message reaches us; each counts for itself (see `inbound.identity`)."""


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """A text that reached one of the user's numbers, as the provider reports it.

    `provider_id` is the provider's own id as text, or None without one. `phone` is the sender and
    `to` the own number, as the provider writes them (short codes and names occur). `received_at` is
    aware UTC; where the provider gave no time, it is when the message reached us, and `dated_by`
    says so. `part` is there where this is but a part of a text. `opt_out` is one of OPT_OUT_WORDS
    where the provider itself took the text for such a word, None where it does not say.
    """

    provider_id: str | None
    phone: str
    message: str
    received_at: datetime
    dated_by: Literal["arrival"] | None = None
    sim_slot: str | None = None
    device_fingerprint: str | None = None
    to: str | None = None
    media: Sequence[Media] = ()
    opt_out: str | None = None
    part: Part | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A row of a provider that is no event, since something lacks; `reason` says what.

    `name` is what its channels share, so that it is counted once. `shown` is the row as it came.
    """

    name: str
    shown: Any
    reason: str


RECEIPT_STATUSES = ("queued", "sent", "delivered", "failed", "unknown")


@dataclass(frozen=True, kw_only=True)
class Receipt(Told):
    """A delivery receipt. `status` is one of RECEIPT_STATUSES, `raw` the provider's own word.

    `reference` is our own name of the send (Outgoing.reference), "" where the receipt does not show
    it. It finds the send whose answer was lost, so whose id we do not know. `opt_out_code` is the
    provider's code where it says that the recipient has opted out, else "".
    """

    provider_id: str
    status: str
    raw: str
    at: datetime
    reason: str | None = None
    reference: str = ""
    opt_out_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Sent(Told):
    """A provider's answer to a call that it accepted.

    `provider_id` stays None where the provider gives no id. `result` holds further facts to show.
    """

    provider_id: str | None
    note: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Trace(Told):
    """A row or record at the provider that an earlier, unanswered call may have left.

    `shown` is what the record shows of its call, as `Settling.shown`. A `doubtful` one is much like
    what the call would have left; it proves neither that the call had its effect nor the opposite.
    """

    sent: Sent
    status: str = "sent"
    shown: str = ""
    doubtful: bool = False


@dataclass(frozen=True, kw_only=True)
class HistoryRow(Told):
    """One message of a provider's history. `status` is one of RECEIPT_STATUSES, `opt_out_code` as
    in Receipt. `media` is how many pictures it has, None where nobody says it."""

    provider_id: str
    direction: str
    phone: str
    message: str
    sim_slot: str | None
    status: str
    raw_status: str
    at: datetime
    opt_out_code: str = ""
    media: int | None = None


@dataclass(frozen=True, kw_only=True)
class Conversation(Told):
    phone: str
    last_message: str
    last_message_at: datetime | None
    direction: str
    message_count: int
    device_fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class HistoryPage(Told):
    """One page of a conversation: the received messages, and the ids of those sent.

    `unread` are the received rows that could not be read.

    `pages` and `total` (texts both ways) are of the whole conversation.
    """

    received: Sequence[InboundMessage]
    sent: Sequence[str]
    pages: int
    total: int
    unread: Sequence[Unreadable] = ()


@dataclass(frozen=True, kw_only=True)
class InboundPage(Told):
    """One page of the received messages, oldest first. `cursor` leads to the next page where there
    is `more`."""

    messages: Sequence[InboundMessage]
    unread: Sequence[Unreadable] = ()
    cursor: str = ""
    more: bool = False


@dataclass(frozen=True, kw_only=True)
class Device(Told):
    """A phone of the account. The provider's push token is a secret, so this record omits it."""

    device_fingerprint: str
    device_name: str
    status: str
    selected_sim: str


@dataclass(frozen=True, kw_only=True)
class Group(Told):
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Sender(Told):
    """What a text can be sent from: a number, a name or a pool of numbers.

    A send names its `id`."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Contact(Told):
    id: str
    phone: str
    group_id: str | None
    first_name: str | None
    last_name: str | None


@dataclass(frozen=True, kw_only=True)
class Account(Told):
    """The account behind a connection. `balance` is in the provider's own unit, as text. There
    are `phones` only where the provider was asked for them."""

    label: str
    balance: str | None = None
    phones: Sequence[Device] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class UpstreamHook:
    """An entry of the provider's own webhook list, kept unchanged."""

    url: str
    active: bool
    raw: Mapping[str, Any] = field(default_factory=dict)
