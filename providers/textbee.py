"""textbee: texts through one's own Android phones. https://textbee.dev"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from integration.kernel import senders, times
from integration.kernel.capabilities import (
    HasDevices,
    HasHistory,
    ListsInboundSince,
    ReadsWebhooks,
    SendsSms,
)
from integration.kernel.errors import ProviderRejected, ProviderUnavailable
from integration.kernel.events import (
    Account,
    Device,
    HistoryRow,
    InboundMessage,
    InboundPage,
    Receipt,
    Sent,
)
from integration.kernel.fields import Inputs, Password, Secret, Url
from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.signs import Signs
from integration.kernel.specs import Answer, Limit, Provider
from integration.kernel.verdicts import Verdict
from integration.kernel.webhooks import WebhookCall, same
from providers import _textbee_words
from providers._reading import parted, rows, segment

MESSAGES, PAGE = "/gateway/messages", 100
MOST_PAGES = 20
"""Of the messages with one number: 2,000."""
SEARCHED = 8
"""Digits of a number to search for. People's phones write numbers with and without a country."""


class TextbeeSettings(Inputs):
    api_key = Secret(
        required=True,
        label="API Key",
        help="From the textbee dashboard, under API Keys.",
        sample="7e0f2a8c-5d41-4b9e-9c33-1f6a0d2b8e57",
    )
    signing_secret = Password(
        label="Signing Secret",
        help="Only for a webhook that you entered at textbee yourself, with a secret of your own.",
        sample="a-secret-of-at-least-20-chars",
    )
    base_url = Url(
        label="Base URL",
        help="Leave empty for textbee's cloud; your own server is https://HOST/api/v1.",
        sample="https://api.textbee.dev/api/v1",
    )


class Textbee(
    Provider,
    SendsSms,
    HasHistory,
    HasDevices,
    ListsInboundSince,
    ReadsWebhooks,
    RegistersEntries,
):
    key = "textbee"
    label = "textbee"
    help = "Sends and receives SMS through your own Android phones with the app textbee."
    settings = TextbeeSettings
    base_url = "https://api.textbee.dev/api/v1"
    limit = Limit(requests=500, seconds=60)
    answers_stop = False
    brings_receipts = True
    signs = Signs(ids=("data.smsBatchId",))  # ASSUMED_SIGNS
    shown_within = 30.0  # ASSUMED_SHOWN_WITHIN
    ids_join = True  # the id of a received message is one in the webhook and in the list
    takes_secret = True
    as_is = ("code",)
    sandbox: ClassVar = {"api_key": "tb_sandbox_demo"}

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:
        return _textbee_words.verdict(answer, effect=effect)

    def probe(self) -> Account:
        found = self.devices()
        noun = "phone" if len(found) == 1 else "phones"
        label = f"{self.label} ({len(found)} {noun})"
        return Account(label=label, phones=found, details={"devices": len(found)})

    def send_sms(self, text: Outgoing) -> Sent:
        body: dict[str, Any] = {"message": text.message, "recipients": [text.phone]}
        if text.device_fingerprint:
            body["deviceId"] = text.device_fingerprint
        if text.sim_slot:
            body["simSubscriptionId"] = self._sim(text)
        answer = self._call("POST", "/gateway/send-sms", json=body, effect=True)
        shown = {"device_fingerprint": text.device_fingerprint, "sim_slot": text.sim_slot}
        known = {name: value for name, value in shown.items() if value}
        return Sent(provider_id=_textbee_words.batch(answer), result=known)

    def history(
        self, *, device_fingerprint: str | None, phone: str, since: datetime | None
    ) -> list[HistoryRow]:
        """ASSUMED_TEXTBEE_SEARCH: the search looks for a part of a number, as it is stored."""
        asked: dict[str, Any] = {"limit": PAGE, "search": phone[-SEARCHED:]}
        pages = self._newer(asked, since) if since else self._newest(asked)
        read = [_textbee_words.history_row(each, device_fingerprint) for each in pages]
        found = [each for each in read if each and senders.could_be(each.phone, phone)]
        return sorted(found, key=lambda each: each.at, reverse=True)

    def received(self, *, cursor: str, since: datetime) -> InboundPage:
        asked = {"direction": "received", "limit": PAGE, **_from(since)}
        answer = self._list(asked | ({"cursor": cursor} if cursor else {}))
        listed = rows(answer, self.label, "data")
        found, unread = parted(map(_textbee_words.listed, listed))
        found.sort(key=lambda each: each.received_at)
        following = _textbee_words.following(answer)
        return InboundPage(
            messages=found, unread=unread, cursor=following or "", more=bool(following)
        )

    def devices(self) -> list[Device]:
        found = [_textbee_words.device(each) for each in self._phones()]
        return [each for each in found if each.device_fingerprint]

    def remove_device(self, device_fingerprint: str) -> Sent:
        path = f"/gateway/devices/{segment(device_fingerprint, 'device of this account')}"
        try:
            self._call("DELETE", path, effect=True)
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            return Sent(provider_id=None, note="The device was already gone.")
        return Sent(provider_id=None, note="The device was removed.")

    def genuine(self, call: WebhookCall) -> bool | None:
        """HMAC-SHA256 over the body as it came, in small hexadecimals. It covers no time: a copy
        counts as often as it comes, and its id tells that it is one."""
        own = self.options.get("signing_secret")
        keys = [*([own] if own else ()), *self.webhook_secrets]
        given = call.headers.get("x-signature")
        proofs = [hmac.new(key.encode(), call.body, hashlib.sha256).hexdigest() for key in keys]
        return any(same(each, given) for each in proofs) if keys else None

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return _textbee_words.webhook(call)

    def entries(self) -> list[HookEntry]:
        listed = rows(self._call("GET", "/webhooks"), self.label, "data")
        return [_textbee_words.entry(each) for each in listed]

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:
        return [HookEntry(id="", url=url, events=_textbee_words.WANTED, secret=secret)]

    def add_entry(self, entry: HookEntry) -> HookEntry:
        given = {"name": "Hookline", **_textbee_words.written(entry)}
        answer = self._call("POST", "/webhooks", json=given, private=_secret(entry))
        return _textbee_words.entry(_textbee_words.inner(answer, "data"))

    def change_entry(self, old: HookEntry, new: HookEntry) -> HookEntry:
        path, given = _place(old), _textbee_words.written(new)
        answer = self._call("PATCH", path, json=given, private=_secret(new))
        return _textbee_words.entry(_textbee_words.inner(answer, "data"))

    def remove_entry(self, entry: HookEntry) -> None:
        try:
            self._call("DELETE", _place(entry))
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise

    def _sim(self, text: Outgoing) -> int:
        """textbee knows a SIM by a number that the phone gave it."""
        for each in self._phones():
            if _textbee_words.device(each).device_fingerprint == text.device_fingerprint:
                found = _textbee_words.subscription(each, text.sim_slot or "")
                if found is not None:
                    return found
        raise ProviderRejected(
            f"textbee knows no {text.sim_slot} of this phone; nothing was sent. Choose another SIM,"
            " or leave it empty."
        )

    def _newer(self, asked: Mapping[str, Any], since: datetime) -> Iterator[dict[str, Any]]:
        following: str | None = ""
        for _ in range(MOST_PAGES):
            cursor = {"cursor": following} if following else {}
            answer = self._list({**asked, **_from(since), **cursor})
            yield from rows(answer, self.label, "data")
            following = _textbee_words.following(answer)
            if not following:
                return
        # An incomplete history must not look complete: a text would count as not sent.
        raise ProviderUnavailable(f"{self.label} lists more than {MOST_PAGES} pages since then.")

    def _newest(self, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for number in range(1, MOST_PAGES + 1):
            found = rows(self._list({**asked, "page": number}), self.label, "data")
            yield from found
            if len(found) < PAGE:
                return

    def _list(self, asked: Mapping[str, Any]) -> Any:
        return self._call("GET", MESSAGES, params=asked)

    def _phones(self) -> list[dict[str, Any]]:
        return rows(self._call("GET", "/gateway/devices"), self.label, "data")

    def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"x-api-key": self.options["api_key"]}
        return self.http.call(method, path, headers=headers, **more).data


def _from(since: datetime) -> dict[str, str]:
    """Oldest first from a time of the server's clock, at which it stored the message."""
    return {"order": "asc", "from": times.rfc3339(since)}


def _secret(entry: HookEntry) -> list[str]:
    return [entry.secret] if entry.secret else []


def _place(entry: HookEntry) -> str:
    return f"/webhooks/{segment(entry.id, 'webhook of this account')}"


PROVIDER = Textbee
