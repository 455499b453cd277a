"""httpSMS: texts through one's own Android phones. https://httpsms.com"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from integration.kernel.capabilities import (
    FindsSent,
    HasAccount,
    HasDevices,
    HasHistory,
    ListsInboundSince,
    ReadsWebhooks,
    SendsMms,
    SendsSms,
)
from integration.kernel.errors import ProviderError, ProviderRejected
from integration.kernel.events import (
    Account,
    Device,
    HistoryRow,
    InboundMessage,
    InboundPage,
    Receipt,
    Sent,
    Trace,
)
from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.signs import Signs
from integration.kernel.specs import Answer, Limit, Provider
from integration.kernel.verdicts import Verdict
from integration.kernel.webhooks import WebhookCall
from providers import _httpsms_token, _httpsms_walk, _httpsms_words
from providers._httpsms_lists import Lists, spelt
from providers._httpsms_settings import HttpsmsSettings
from providers._httpsms_walk import written
from providers._httpsms_words import inner
from providers._reading import filled, parted, segment, text

MOST_HEARTBEATS = 5
"""Phones that are asked about when they were last seen, each by a call of its own. Somebody waits
for the dropdown meanwhile."""
USAGE = ("sent_messages", "received_messages")
NO_SENDER = "httpSMS needs to know the phone that sends; choose it. Nothing was sent."
NO_PHONE = (
    "This httpSMS account has no phone that could call us; sign in to the app on one, and the"
    " webhook follows."
)


class Httpsms(
    Provider,
    SendsSms,
    SendsMms,
    FindsSent,
    HasHistory,
    HasDevices,
    HasAccount,
    ListsInboundSince,
    ReadsWebhooks,
    RegistersEntries,
):
    key = "httpsms"
    label = "httpSMS"
    help = "Sends and receives SMS through your own Android phones with the app httpSMS."
    settings = HttpsmsSettings
    base_url = "https://api.httpsms.com/v1"
    limit = Limit(requests=300, seconds=60)  # ours: the server counts no calls
    answers_stop = False
    brings_receipts = True
    signs = Signs(ids=("data.id",))  # ASSUMED_SIGNS
    shown_within = 30.0  # ASSUMED_SHOWN_WITHIN
    ids_join = True  # the id of a received message is one in the webhook and in the list
    takes_secret = True
    as_is = ("code",)
    late_within = _httpsms_walk.LATE_WITHIN.total_seconds()
    sandbox: ClassVar = {"api_key": "hs_sandbox_demo"}

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:
        return _httpsms_words.verdict(answer, effect=effect)

    def probe(self) -> Account:
        found = self.devices()
        noun = "phone" if len(found) == 1 else "phones"
        label = f"{self.label} ({len(found)} {noun})"
        return Account(label=label, phones=found, details={"devices": len(found)})

    def account(self) -> Account:
        """What the account used up of its plan this month."""
        usage = inner(self._call("GET", "/billing/usage"), "data")
        known = {name: usage[name] for name in USAGE if text(usage, name)}
        return Account(label=self.label, details=known)

    def send_sms(self, text: Outgoing) -> Sent:
        return self._send(text)

    def send_mms(self, text: Outgoing) -> Sent:
        return self._send(text)

    def find_sent(self, text: Outgoing, since: datetime) -> Trace | None:
        """Each row bears its `request_id`. A second call with one would send a second text."""
        for row in self._lists.texts(_owner(text), text.phone, since):
            if filled(row, "request_id") == text.reference:
                return _httpsms_words.trace(row)
        return None

    def history(
        self, *, device_fingerprint: str | None, phone: str, since: datetime | None
    ) -> list[HistoryRow]:
        listed = self._lists.texts(device_fingerprint, phone, since)
        found = [row for each in listed if (row := _httpsms_words.history_row(each))]
        return sorted(found, key=lambda each: each.at, reverse=True)

    def received(self, *, cursor: str, since: datetime) -> InboundPage:
        """One step through the threads, which makes one call. The first one finds the phones."""
        if not cursor:
            steps = _httpsms_walk.first(self._lists.numbers())
            return InboundPage(messages=(), cursor=written(steps), more=bool(steps))
        step, *_ = steps = _httpsms_walk.left(cursor)
        listed = self._lists.page(step.path, step.params)
        onward = _httpsms_walk.onward(steps, listed, since)
        came = _httpsms_words.inbound(listed, since) if step.contact else []
        found, unread = parted(came)
        found.sort(key=lambda each: each.received_at)
        return InboundPage(messages=found, unread=unread, cursor=written(onward), more=bool(onward))

    def devices(self) -> list[Device]:
        """The phones, with when they last reported; one phone with two SIMs counts as two."""
        return [
            _httpsms_words.device(
                each, self._lists.seen(each) if number < MOST_HEARTBEATS else None
            )
            for number, each in enumerate(self._lists.phones())
        ]

    def remove_device(self, device_fingerprint: str) -> Sent:
        found = self._lists.phone(device_fingerprint)
        there = bool(found) and self._deletes(f"/phones/{segment(str(found.get('id')), 'phone')}")
        note = "The device was removed." if there else "The device was already gone."
        return Sent(provider_id=None, note=note)

    def genuine(self, call: WebhookCall) -> bool | None:
        own = self.options.get("signing_key")
        keys = [*([own] if own else ()), *self.webhook_secrets]
        return _httpsms_token.is_genuine(call, keys) if keys else None

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return _httpsms_words.webhook(call)

    def entries(self) -> list[HookEntry]:
        return [_httpsms_words.entry(each) for each in self._lists.webhooks()]

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:
        """One entry for all events of all phones; a new phone makes it another one."""
        numbers = self._lists.numbers()
        if not numbers:
            raise ProviderRejected(NO_PHONE)
        events = _httpsms_words.WANTED.union(numbers)
        return [HookEntry(id="", url=url, events=events, secret=secret)]

    def add_entry(self, entry: HookEntry) -> HookEntry:
        answer = self._call("POST", "/webhooks", json=_httpsms_words.written(entry))
        return _httpsms_words.entry(inner(answer, "data"))

    def change_entry(self, old: HookEntry, new: HookEntry) -> HookEntry:
        answer = self._call("PUT", _place(old), json=_httpsms_words.written(new))
        return _httpsms_words.entry(inner(answer, "data"))

    def remove_entry(self, entry: HookEntry) -> None:
        try:
            self._call("DELETE", _place(entry))
        except ProviderError as error:
            # ASSUMED_HTTPSMS_GONE: it answers 500 where there is no such webhook any more.
            status = error.upstream_status
            if status not in (404, 500) or (status == 500 and self._is_listed(entry)):
                raise

    def _deletes(self, path: str) -> bool:
        """Delete the phone; returns whether it was still there."""
        try:
            self._call("DELETE", path, effect=True)
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            return False
        return True

    def _send(self, text: Outgoing) -> Sent:
        owner = _owner(text)
        if not owner:
            raise ProviderRejected(NO_SENDER)
        if text.sim_slot:
            self._check_sim(owner, text.sim_slot)
        body: dict[str, Any] = {"from": spelt(owner), "to": text.phone, "content": text.message}
        if text.media_urls:
            body["attachments"] = list(text.media_urls)
        if text.reference:
            body["request_id"] = text.reference
        private = [text.phone, *text.media_urls]
        answer = self._call("POST", "/messages/send", json=body, effect=True, private=private)
        return _httpsms_words.sent(inner(answer, "data"))

    def _check_sim(self, owner: str, sim_slot: str) -> None:
        """Each number of httpSMS sends from its own SIM; another one must not be used unasked."""
        own = _httpsms_words.sim_slot(self._lists.phone(owner))
        if own not in (None, sim_slot):
            raise ProviderRejected(
                f"At httpSMS this phone's number sends from {own}; nothing was sent. Choose the"
                f" number of {sim_slot} as the phone, or leave the SIM empty."
            )

    def _is_listed(self, entry: HookEntry) -> bool:
        return any(each.id == entry.id for each in self.entries())

    @property
    def _lists(self) -> Lists:
        return Lists(lambda path, asked: self._call("GET", path, params=asked), self.label)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"x-api-key": self.options["api_key"]}
        return self.http.call(method, path, headers=headers, **more).data


def _owner(text: Outgoing) -> str | None:
    """The own number that sends. A sender goes before the phone: opt-outs are checked for it."""
    return text.sender_id or text.device_fingerprint


def _place(entry: HookEntry) -> str:
    return f"/webhooks/{segment(entry.id, 'webhook of this account')}"


PROVIDER = Httpsms
