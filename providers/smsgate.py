"""SMSGate: texts through one's own Android phones. https://docs.sms-gate.app

Three servers speak one API: the cloud, a private server, and the phone itself ("local").
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from integration.kernel import times
from integration.kernel.capabilities import (
    FindsSent,
    HasDevices,
    ListsInboundSince,
    ReadsWebhooks,
    RepeatsSafely,
    SendsSms,
)
from integration.kernel.errors import OutcomeUnknown, ProviderRejected
from integration.kernel.events import (
    Account,
    Device,
    InboundMessage,
    InboundPage,
    Receipt,
    Sent,
    Trace,
)
from integration.kernel.media import KeepsMedia
from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.signs import NO_SIGN, Signs
from integration.kernel.specs import Answer, Limit, Provider
from integration.kernel.verdicts import DONE, Verdict
from integration.kernel.webhooks import WebhookCall
from providers import _smsgate_words
from providers._reading import entries, filled, rows, segment
from providers._smsgate_settings import SmsgateSettings

SERVER = "/3rdparty/v1"
"""How the address of a server ends, and that of a phone does not."""
NO_CONTENT, TAKEN_BEFORE, NOT_THERE = 204, 409, 501
QUEUE_FULL = "queue limit"
PAGE = 500
"""The most messages that a phone shows at once."""


class Smsgate(
    Provider,
    SendsSms,
    FindsSent,
    RepeatsSafely,
    HasDevices,
    ListsInboundSince,
    ReadsWebhooks,
    RegistersEntries,
    KeepsMedia,
):
    key = "smsgate"
    label = "SMSGate"
    credentials = "username and password"
    help = "Sends and receives SMS through your own Android phones with the app SMSGate."
    settings = SmsgateSettings
    base_url = "https://api.sms-gate.app/3rdparty/v1"
    account_settings = ("base_url", "username")
    limit = Limit(requests=300, seconds=60)  # ours: the server counts no calls
    answers_stop = False
    brings_receipts = True
    signs = Signs(ids=("id",))  # ASSUMED_SIGNS
    shown_within = 30.0  # ASSUMED_SHOWN_WITHIN
    # ASSUMED_IDS_KEPT: a server forgets a message after 30 days, a phone after one at the earliest.
    repeat_seconds = 86_400.0
    # ASSUMED_LATE_PHONE: a text bears the time at which it was sent, also on a phone that was off.
    late_within = 86_400.0
    webhook_bytes = 8 * 1024 * 1024  # an MMS brings its pictures, in base64
    as_is = ("code",)
    sandbox: ClassVar = {"username": "sg_sandbox_demo", "password": "sg_sandbox_demo"}
    sandbox_account = "username"

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:
        if answer.status == TAKEN_BEFORE and effect:
            return DONE  # A message with this id is there: this is the repeat of a call that came.
        if answer.status == NO_CONTENT or (answer.status == NOT_THERE and not effect):
            return DONE
        known = answer.data if isinstance(answer.data, dict) else {}
        if answer.status == 200 and not effect and filled(known, "id") and filled(known, "state"):
            return DONE  # It shows a message, whose state may be "Failed".
        said = filled(known, "message", "error")
        if answer.status == 503 and said and QUEUE_FULL in said.casefold():
            return Verdict(word="later", full="device", reason=said)
        return None

    def probe(self) -> Account:
        found = self.devices()
        noun = "phone" if len(found) == 1 else "phones"
        label = f"{self.label} ({len(found)} {noun})"
        return Account(label=label, phones=found, details={"devices": len(found)})

    def send_sms(self, text: Outgoing) -> Sent:
        device = text.device_fingerprint
        if not device:
            # The server would take any phone, and a repeat another one: the id would not hold.
            raise ProviderRejected(f"{self.label} needs to know the phone that sends; choose it.")
        body: dict[str, Any] = {
            "deviceId": device,
            "phoneNumbers": [text.phone],
            "textMessage": {"text": text.message},
            "withDeliveryReport": True,
        }
        if text.reference:
            body["id"] = text.reference
        if text.sim_slot:
            body["simNumber"] = int(text.sim_slot.removeprefix("SIM"))
        # Its check takes full numbers alone.
        params = {} if text.phone.startswith("+") else {"skipPhoneValidation": "true"}
        answer = self._call("POST", "/messages", params, json=body, effect=True)
        if answer.status == NO_CONTENT:
            raise OutcomeUnknown(
                f"{self.label} {NO_SIGN}; it may have been sent.", upstream_status=answer.status
            )
        return self._sent(answer.data if isinstance(answer.data, dict) else {}, text)

    def find_sent(self, text: Outgoing, since: datetime) -> Trace | None:  # noqa: ARG002  # an id needs no time
        try:
            answer = self._call("GET", f"/messages/{segment(text.reference, 'message')}")
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            return None
        found = answer.data if isinstance(answer.data, dict) else {}
        return Trace(sent=self._sent(found, text), status=_smsgate_words.state(found))

    def devices(self) -> list[Device]:
        found = [
            _smsgate_words.device(each) for each in self._phones() if not each.get("deletedAt")
        ]
        return [each for each in found if each.device_fingerprint]

    def remove_device(self, device_fingerprint: str) -> Sent:
        path = f"/devices/{segment(device_fingerprint, 'device of this account')}"
        try:
            self._call("DELETE", path, effect=True)
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            if any(each.device_fingerprint == device_fingerprint for each in self.devices()):
                raise ProviderRejected(
                    f"This phone is its own server, so {self.label} cannot remove it; delete this"
                    " connection instead.",
                    upstream_status=404,
                ) from error
            return Sent(provider_id=None, note="The device was already gone.")
        return Sent(provider_id=None, note="The device was removed.")

    def received(self, *, cursor: str, since: datetime) -> InboundPage:
        """A phone's list, the newest first. A server has none: there, all comes by webhook.

        The first page of a phone takes a second call, for the name that webhooks have of it."""
        start, _, phone = cursor.partition(" ")
        asked = {"from": times.rfc3339(since), "limit": PAGE, "offset": start or "0"}
        listed = self._inbox({**asked, "includeAttachments": "true"})
        if listed is None:
            return InboundPage(messages=())
        if listed and not cursor:
            phone = next((each.device_fingerprint for each in self.devices()), "")
        read, left = _smsgate_words.inbox(listed, phone or None, self._pictures())
        onward = f"{int(start or 0) + len(listed)} {phone}"
        return InboundPage(messages=read, unread=left, cursor=onward, more=len(listed) == PAGE)

    def genuine(self, call: WebhookCall) -> bool | None:
        given = (self.options.get("signing_key") or "").strip()
        keys = [each.strip() for each in (given, *given.split(",")) if each.strip()]
        return _smsgate_words.is_genuine(call, keys) if keys else None

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return _smsgate_words.webhook(call, self._pictures())

    def entries(self) -> list[HookEntry]:
        listed = rows(self._call("GET", "/webhooks").data, self.label, "webhooks", "data")
        return [_smsgate_words.entry(each) for each in listed]

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:  # noqa: ARG002  # phones choose their keys
        return _smsgate_words.wanted(url)

    def add_entry(self, entry: HookEntry) -> HookEntry:
        [event] = entry.events
        given = {"id": entry.id, "url": entry.url, "event": event}
        answer = self._call("POST", "/webhooks", json=given)
        return _smsgate_words.entry(answer.data if isinstance(answer.data, dict) else given)

    def remove_entry(self, entry: HookEntry) -> None:
        try:
            self._call("DELETE", f"/webhooks/{segment(entry.id, 'webhook of this account')}")
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise

    def _inbox(self, asked: Mapping[str, Any]) -> list[Any] | None:
        """A page of it, None without such a list. A server says so (501), an older app or server
        knows no such address (404)."""
        try:
            answer = self._call("GET", "/inbox", asked)
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            return None
        known = answer.status != NOT_THERE
        return entries(answer.data, self.label, "messages", "data") if known else None

    def _sent(self, found: Mapping[str, Any], text: Outgoing) -> Sent:
        """The message under the id that receipts name; the answer to a repeat shows none."""
        shown = {"device_fingerprint": text.device_fingerprint, "sim_slot": text.sim_slot}
        known = {name: value for name, value in shown.items() if value}
        return Sent(provider_id=filled(found, "id") or text.reference or None, result=known)

    def _address(self) -> str:
        return str(self.options.get("base_url") or self.base_url).rstrip("/")

    def _pictures(self) -> str | None:
        """Where a phone keeps the files of MMS; a server keeps none."""
        return None if self._address().endswith(SERVER) else f"{self._address()}/inbox"

    def media_login(self, url: str) -> Mapping[str, str]:
        place = self._pictures()
        return self._login() if place and url.startswith(f"{place}/") else {}

    def _phones(self) -> list[dict[str, Any]]:
        # ASSUMED_OWN_DEVICE: a phone lists itself under /device, whatever its document says.
        if self._address().endswith(SERVER):
            return rows(self._call("GET", "/devices").data, self.label, "devices", "data")
        try:
            answer = self._call("GET", "/device")
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            answer = self._call("GET", "/devices")
        return rows(answer.data, self.label, "devices", "data")

    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Answer:
        return self.http.call(method, path, headers=self._login(), params=params, **more)

    def _login(self) -> Mapping[str, str]:
        pair = f"{self.options['username']}:{self.options['password']}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


PROVIDER = Smsgate
