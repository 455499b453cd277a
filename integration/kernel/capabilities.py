"""The abilities of providers, one class each, named as `/v1/me` shows it."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from integration.kernel.capability import Capability
from integration.kernel.events import (
    Account,
    Contact,
    Conversation,
    Device,
    Group,
    HistoryPage,
    HistoryRow,
    InboundMessage,
    InboundPage,
    Receipt,
    Sender,
    Sent,
    Trace,
    Unreadable,
    UpstreamHook,
)
from integration.kernel.outgoing import Outgoing
from integration.kernel.webhooks import USUAL_BYTES, WebhookCall, WebhookReply


class SendsSms(Capability):
    name, lacking = "send-sms", "send SMS"
    answers_stop: ClassVar[bool] = True
    """Whether it answers STOP and HELP by itself, as aggregators do. A phone's SIM does not."""

    @abstractmethod
    def send_sms(self, text: Outgoing) -> Sent:
        """Send one text, by one call."""


class SendsMms(Capability):
    name, lacking = "send-mms", "send MMS"

    @abstractmethod
    def send_mms(self, text: Outgoing) -> Sent:
        """Send one message with `media_urls`. Makes at most one call with an effect."""


class FindsSent(Capability):
    """A provider that keeps our reference of a send and can be asked for it."""

    name, lacking = "find-sent", "find a sent message by our reference"

    @abstractmethod
    def find_sent(self, text: Outgoing, since: datetime) -> Trace | None:
        """What the provider has of this send, None where it has nothing. None proves that nothing
        was sent, once `shown_within` is over."""


class RepeatsSafely(Capability):
    """A provider that does a send once, however often it is asked with one reference and one body.

    It answers each of these calls as if it had been the first."""

    name, lacking = "repeat-safely", "be asked twice without sending twice"
    repeat_seconds: ClassVar[float]
    """For how long after the first call."""


class HoldsContacts(Capability):
    name, lacking = "contacts", "hold contacts or groups"

    @abstractmethod
    def add_contact(
        self, *, phone: str, group_id: str, first_name: str | None, last_name: str | None
    ) -> Sent: ...

    @abstractmethod
    def contacts(self, *, group_id: str | None, phone: str | None) -> list[Contact]:
        """Every contact that matches the group and the E.164 number, where given; reads all
        pages."""

    @abstractmethod
    def create_group(self, *, name: str, description: str | None) -> Sent: ...

    @abstractmethod
    def groups(self) -> list[Group]: ...


class HasDevices(Capability):
    name, lacking = "devices", "manage devices"

    @abstractmethod
    def devices(self) -> list[Device]: ...

    @abstractmethod
    def remove_device(self, device_fingerprint: str) -> Sent:
        """Remove one device; a device that is gone counts as removed."""


class HasHistory(Capability):
    name, lacking = "history", "look up sent and received messages"

    @abstractmethod
    def history(
        self, *, device_fingerprint: str | None, phone: str, since: datetime | None
    ) -> list[HistoryRow]:
        """Messages with one number, newest first, back to `since`; reads all pages for that."""


class HasConversations(Capability):
    name, lacking = "conversations", "list conversations"

    @abstractmethod
    def conversations(self, *, device_fingerprint: str | None) -> list[Conversation]:
        """Every conversation of the account, or of one device, with the number of its texts."""


class HasAccount(Capability):
    name, lacking = "account", "show account details"

    @abstractmethod
    def account(self) -> Account: ...


class HasSenders(Capability):
    name, lacking = "senders", "choose a sender id"

    @abstractmethod
    def senders(self) -> list[Sender]:
        """The senders that the user may choose from; reads all pages."""


class HasInbound(Capability):
    """A provider that can be asked for received messages, in one of the ways below."""

    name, lacking = "inbound", "list received messages"


class ListsInboundSince(HasInbound):
    """A provider whose list of all received messages can be read by time, page by page."""

    name, lacking = HasInbound.name, HasInbound.lacking
    late_within: ClassVar[float] = 300.0
    """Seconds after its own time by which a message is in the list: an assumption. Each reading
    begins so much earlier, and by what the provider's clock is behind ours."""

    @abstractmethod
    def received(self, *, cursor: str, since: datetime) -> InboundPage:
        """One page of the messages since a time (aware UTC), by one call; older ones may be among
        them.

        The pages may be in any order. `cursor` is "" for the first page, and else that of the page
        before, which may be hours old. Raises ProviderRejected where it leads nowhere any more."""


class ListsInbound(HasInbound, HasConversations):
    """A provider that shows a window of the newest messages, and counts its conversations."""

    name, lacking = HasInbound.name, HasInbound.lacking

    @cached_property
    def unread(self) -> list[Unreadable]:
        """The rows that it was shown and could not read, for the caller to keep."""
        return []

    @abstractmethod
    def recent(self) -> list[InboundMessage]:
        """The provider's window of received messages, oldest first."""

    @abstractmethod
    def latest(self) -> InboundMessage | None:
        """The newest received message, or None before the first one."""

    @abstractmethod
    def page(self, *, device_fingerprint: str, phone: str, number: int) -> HistoryPage:
        """A page of a conversation's history, the first is 1. Makes one call.

        A conversation that is not shown, such as that with a sender who has a name, has no
        pages."""


class ReadsWebhooks(Capability):
    """A provider that sends us webhooks.

    A webhook is judged by `genuine`, then read and committed, then answered as `webhook_reply`
    says.
    """

    name, lacking = "webhooks", "send us webhooks"
    webhook_methods: ClassVar[Sequence[str]] = ("POST",)
    """The HTTP methods that it calls by, POST and GET at most."""
    webhook_bytes: ClassVar[int] = USUAL_BYTES
    """The largest body that it sends. A larger one is answered 413, and nothing of it is kept."""
    webhook_refusal: ClassVar[int] = 401
    """The status for a webhook that is not genuine: 401, or 403."""
    takes_secret: ClassVar[bool] = False
    """Whether it signs its webhooks with a secret that we choose. The connection then shows ours,
    for consoles of providers where it is entered by hand."""
    webhook_secrets: Sequence[str] = ()
    """This connection's secrets for that: the one of SECRET_KEY, then those of OLD_SECRET_KEYS,
    under which a signature is as genuine. Each has 32 small letters and digits."""

    @property
    def webhook_secret(self) -> str:
        """The secret that the provider is given."""
        return self.webhook_secrets[0]

    @abstractmethod
    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        """The events in a webhook, none for one that only asks whether we are there.

        Raises MalformedBody where the body is no JSON or form. Raises WebhookUnreadable where it
        does not understand the body or a part of it. That error carries the part that it did
        understand.
        """

    def genuine(self, call: WebhookCall) -> bool | None:  # noqa: ARG002  # for those who sign
        """Whether the provider sent it: by the signature, for whose secret there is a setting.

        None where nothing shows it: no secret is set, or the provider signs nothing. With a
        secret, a webhook without a signature is not genuine. One that raises MalformedBody here
        is not genuine either. It is refused, and not stored.
        """
        return None

    def webhook_reply(
        self,
        call: WebhookCall,  # noqa: ARG002  # for those who want an echo
        found: Sequence[InboundMessage | Receipt],  # noqa: ARG002  # for those who want a count
    ) -> WebhookReply | None:
        """The answer that the provider wants, None for our own JSON. A challenge is a webhook
        without events, whose echo is the answer.

        `found` are the events that are committed now. The rest, if any, is kept for inspection.
        """
        return None


class RegistersWebhooks(Capability):
    """A provider whose list of webhook addresses can be read and written."""

    name, lacking = "webhook-registration", "register webhooks by itself"

    @abstractmethod
    def webhooks(self) -> list[UpstreamHook]: ...

    @abstractmethod
    def set_webhooks(self, hooks: Sequence[UpstreamHook]) -> list[UpstreamHook]:
        """Replace the whole list; returns the list as the provider then has it."""
