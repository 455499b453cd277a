"""What a provider may be able to do; each class is one ability, named as `/v1/me` shows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from integration.kernel.events import (
    Account,
    Contact,
    Conversation,
    Device,
    Group,
    HistoryRow,
    InboundMessage,
    Receipt,
    Sent,
    UpstreamHook,
)


class Capability(ABC):
    """`lacking` completes the sentence "<provider> cannot …"."""

    name: ClassVar[str]
    lacking: ClassVar[str]


class SendsSms(Capability):
    name, lacking = "send-sms", "send SMS"

    @abstractmethod
    def send_sms(
        self,
        *,
        phone: str,
        message: str,
        device_fingerprint: str | None,
        sim_slot: str | None,
        sender_id: str | None,
        dlt_template_id: str | None,
    ) -> Sent:
        """Send one text to one E.164 number. Makes at most one call with an effect."""


class SendsMms(Capability):
    name, lacking = "send-mms", "send MMS"

    @abstractmethod
    def send_mms(
        self, *, phone: str, media_url: str, message: str | None, sender_id: str | None
    ) -> Sent:
        """Send one media message to one E.164 number."""


class HoldsContacts(Capability):
    name, lacking = "contacts", "hold contacts or groups"

    @abstractmethod
    def add_contact(
        self, *, phone: str, group_id: str, first_name: str | None, last_name: str | None
    ) -> Sent: ...

    @abstractmethod
    def contacts(self, *, group_id: str | None, phone: str | None) -> list[Contact]:
        """Contacts, filtered by group and E.164 number where given; pages are followed."""

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
        """Remove one device; one that is gone already counts as removed."""


class HasHistory(Capability):
    name, lacking = "history", "look up sent and received messages"

    @abstractmethod
    def history(
        self, *, device_fingerprint: str | None, phone: str, since: datetime | None
    ) -> list[HistoryRow]:
        """Messages with one number, newest first, back to `since` (all pages that takes)."""

    @abstractmethod
    def conversations(self, *, device_fingerprint: str | None) -> list[Conversation]: ...


class HasAccount(Capability):
    name, lacking = "account", "show account details"

    @abstractmethod
    def account(self) -> Account: ...


class HasSenders(Capability):
    name, lacking = "senders", "choose a sender id"

    @abstractmethod
    def senders(self) -> list[str]:
        """The sender ids the user may choose from."""


class ListsInbound(Capability):
    """A provider that can be asked what came in; see `events.sync` for who asks and when."""

    name, lacking = "inbound", "list received messages"

    @abstractmethod
    def recent(self) -> list[InboundMessage]:
        """The provider's window of received messages, oldest first."""

    @abstractmethod
    def latest(self) -> InboundMessage | None:
        """The newest received message, None where there is none yet."""

    @abstractmethod
    def backfill(self, since: datetime) -> list[InboundMessage]:
        """What the window has lost since then, from slower sources, oldest first."""


class ReadsWebhooks(Capability):
    """A provider that calls us. Raises WebhookUnreadable for a body it does not understand, also
    where that is only a part of it: what it did understand goes along with the error."""

    name, lacking = "webhooks", "send us webhooks"

    @abstractmethod
    def read_webhook(self, body: Any) -> Sequence[InboundMessage | Receipt]: ...


class RegistersWebhooks(Capability):
    """A provider whose list of webhook addresses can be read and written."""

    name, lacking = "webhook-registration", "register webhooks by itself"

    @abstractmethod
    def webhooks(self) -> list[UpstreamHook]: ...

    @abstractmethod
    def set_webhooks(self, hooks: Sequence[UpstreamHook]) -> list[UpstreamHook]:
        """Replace the whole list; gives back the list as the provider then has it."""
