"""Twilio: Programmable Messaging. https://www.twilio.com/docs/messaging/api"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Any, ClassVar

from integration.kernel.capabilities import (
    HasAccount,
    HasHistory,
    HasSenders,
    ListsInboundSince,
    ReadsWebhooks,
    SendsMms,
    SendsSms,
)
from integration.kernel.errors import ProviderRejected
from integration.kernel.events import (
    Account,
    HistoryRow,
    InboundMessage,
    InboundPage,
    Receipt,
    Sender,
    Sent,
)
from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.signs import Signs
from integration.kernel.specs import Answer, Limit, Provider
from integration.kernel.verdicts import Verdict
from integration.kernel.webhooks import WebhookCall, WebhookReply
from providers import _twilio_pages, _twilio_places, _twilio_webhooks, _twilio_words
from providers._reading import filled, parted, segment, text
from providers._twilio_media import NO_RIGHT, TwilioMedia
from providers._twilio_settings import TwilioSettings

MESSAGING = "messaging"
SANDBOX_SID = "ACf107aec4011c615c0e74393782fc104a"


class Twilio(
    Provider,
    SendsSms,
    SendsMms,
    HasHistory,
    HasSenders,
    HasAccount,
    ListsInboundSince,
    ReadsWebhooks,
    RegistersEntries,
    TwilioMedia,
):
    key = "twilio"
    label = "Twilio"
    credentials = "Auth Token or API key"
    help = "Sends and receives SMS and MMS through Twilio numbers and messaging services."
    settings = TwilioSettings
    base_url = "https://api.twilio.com/2010-04-01"
    hosts: ClassVar = {MESSAGING: "https://messaging.twilio.com/v1"}
    account_settings = ("account_sid",)
    # Twilio queues texts for each number itself, and answers 429 to too many calls at a time.
    limit = Limit(requests=100, seconds=1)
    # ASSUMED_SIGNS: an answer of success has the SID of what was made.
    signs = Signs(ids=("sid",))
    shown_within = 30.0  # ASSUMED_SHOWN_WITHIN: a message is in the list by then
    ids_join = True  # a SID is a message's one name, in its webhook and in the list
    webhook_methods, webhook_refusal = ("POST", "GET"), 403
    as_is = ("code",)
    sandbox: ClassVar = {
        "account_sid": SANDBOX_SID,
        "auth_token": "tw_sandbox_demo",
        "sender_id": "+15005550006",
    }
    sandbox_account = "auth_token"

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:  # noqa: ARG002  # the port's
        """A refusal has `{code, message, more_info, status}`. Every 4xx: nothing was sent."""
        data = answer.data if isinstance(answer.data, dict) else {}
        code, reason = text(data, "code"), filled(data, "message")
        plain = not 400 <= answer.status < 500 or answer.status in (401, 408, 429)
        if plain or code is None or reason is None:
            return None
        return _twilio_words.refusal(code, reason)

    def probe(self) -> Account:
        try:
            return self.account()
        except ProviderRejected as error:
            # ASSUMED_BALANCE_RIGHTS: some keys and subaccounts may not see the balance.
            if error.upstream_status not in NO_RIGHT:
                raise
            self._call("GET", "/Messages.json", {"PageSize": 1})
        return self._account(None, {})

    def account(self) -> Account:
        found = self._call("GET", "/Balance.json")
        known = found if isinstance(found, dict) else {}
        currency = filled(known, "currency")
        return self._account(filled(known, "balance"), {"currency": currency} if currency else {})

    @classmethod
    def is_pool(cls, sender: str) -> bool:
        return _twilio_words.SERVICE.fullmatch(sender) is not None

    def senders(self) -> list[Sender]:
        chosen = self.options.get("sender_id")
        numbers = map(_twilio_words.number, self._numbers())
        services = map(_twilio_words.service, self._services())
        found = {each.id: each for each in (*numbers, *services) if each}
        first = [found.get(chosen, Sender(id=chosen, label=chosen))] if chosen else []
        return [*first, *(each for each in found.values() if each.id != chosen)]

    def send_sms(self, text: Outgoing) -> Sent:
        return self._send(text)

    def send_mms(self, text: Outgoing) -> Sent:
        return self._send(text)

    def history(
        self,
        *,
        device_fingerprint: str | None,  # noqa: ARG002  # Twilio has no phones
        phone: str,
        since: datetime | None,
    ) -> list[HistoryRow]:
        """Each row once, newest first. Its texts in both directions are two lists at Twilio."""
        listed = [
            row
            for way in ("To", "From")
            for row in _twilio_pages.messages(self._messages, {way: phone}, since)
        ]
        read = (_twilio_words.history_row(row, phone) for row in listed)
        found = {row.provider_id: row for row in read}
        return sorted(found.values(), key=lambda row: row.at, reverse=True)

    def received(self, *, cursor: str, since: datetime) -> InboundPage:
        place = _twilio_pages.place(cursor, since)
        rows, rest = _twilio_pages.slice_of(self._messages(place.asked), place, since)
        whole = ((row, media) for row in rows if (media := self._media(row)) is not None)
        read, left = parted(_twilio_words.inbound(row, media) for row, media in whole)
        cursor = rest.written() if rest else ""
        return InboundPage(messages=read, unread=left, cursor=cursor, more=rest is not None)

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return [_twilio_webhooks.read(call)]

    def genuine(self, call: WebhookCall) -> bool | None:
        token = self.options.get("auth_token")
        return _twilio_webhooks.is_genuine(token, call) if token else None

    def webhook_reply(
        self,
        call: WebhookCall,  # noqa: ARG002  # the port's
        found: Sequence[InboundMessage | Receipt],
    ) -> WebhookReply:
        return _twilio_webhooks.reply(found)

    @cached_property
    def _places(self) -> list[HookEntry]:
        return _twilio_places.found(self._numbers(), self._services())

    def entries(self) -> list[HookEntry]:
        vars(self).pop("_places", None)
        return [each for each in self._places if each.url]

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:  # noqa: ARG002  # it has its own
        return _twilio_places.wanted(self._places, url)

    def add_entry(self, entry: HookEntry) -> HookEntry:
        self._set(entry, entry.url)
        return entry

    def remove_entry(self, entry: HookEntry) -> None:
        try:
            self._set(entry, entry.overwrites)
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise

    def _set(self, entry: HookEntry, url: str) -> None:
        place, form = segment(entry.id, "number"), _twilio_places.form(entry, url)
        if _twilio_words.SERVICE.fullmatch(entry.id):
            self._call("POST", f"/Services/{place}", form=form, host=MESSAGING)
        else:
            self._call("POST", f"/IncomingPhoneNumbers/{place}.json", form=form)

    def _send(self, text: Outgoing) -> Sent:
        sender = text.sender_id or self.options.get("sender_id")
        if not sender:
            raise ProviderRejected(
                "Twilio was not asked, since no sender is chosen. Choose one in the step, or set"
                " one for this connection: a number, a messaging service or a name."
            )
        form = [("To", text.phone), (_sender_field(sender), sender)]
        form += [("Body", text.message)] if text.message else []
        form += [("MediaUrl", url) for url in text.media_urls]
        form += [("StatusCallback", _twilio_webhooks.callback(text))] if text.receipt_url else []
        answer = self._call("POST", "/Messages.json", form=form, effect=True)
        return Sent(provider_id=filled(answer, "sid"), result={"sender_id": sender})

    def _numbers(self) -> Iterator[dict[str, Any]]:
        numbers = partial(self._call, "GET", "/IncomingPhoneNumbers.json")
        return _twilio_pages.listed(numbers, {}, "incoming_phone_numbers")

    def _services(self) -> Iterator[dict[str, Any]]:
        services = partial(self._call, "GET", "/Services", host=MESSAGING)
        try:
            yield from _twilio_pages.listed(services, {}, "services")
        except ProviderRejected as error:
            # ASSUMED_SERVICES_RIGHTS: a key, or a region, may have no messaging services.
            if error.upstream_status not in NO_RIGHT:
                raise

    def _messages(self, asked: Mapping[str, Any]) -> Any:
        return self._call("GET", "/Messages.json", asked)

    def _account(self, balance: str | None, details: Mapping[str, Any]) -> Account:
        label = f"{self.label} (AC…{self.options['account_sid'][-6:]})"
        return Account(label=label, balance=balance, details=details)

    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        # The messaging host has no account in its addresses; the key names it.
        place = "" if "host" in more else f"/Accounts/{self.options['account_sid']}"
        headers = {"Authorization": f"Basic {self._credentials()}"}
        return self.http.call(method, place + path, headers=headers, params=params, **more).data


def _sender_field(sender: str) -> str:
    return "MessagingServiceSid" if Twilio.is_pool(sender) else "From"


PROVIDER = Twilio
