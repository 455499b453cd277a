"""Pairfon: SMS through one's own Android phones. https://web.pairfon.com/api-docs"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from integration.kernel.capabilities import (
    HasDevices,
    HasHistory,
    ListsInbound,
    ReadsWebhooks,
    RegistersWebhooks,
    SendsSms,
)
from integration.kernel.errors import ProviderRejected
from integration.kernel.events import (
    Account,
    Conversation,
    Device,
    HistoryPage,
    HistoryRow,
    InboundMessage,
    Sent,
    UpstreamHook,
)
from integration.kernel.fields import Choice, Inputs, Secret, Url
from integration.kernel.outgoing import Outgoing
from integration.kernel.signs import DONE, Signs
from integration.kernel.specs import Limit, Provider
from integration.kernel.webhooks import WebhookCall
from providers import _pairfon_history, _pairfon_words
from providers._reading import entries, filled, parted, rows, segment, told

DEFAULT_SIM = "SIM1"  # as documented for /zapier/send-sms; /chat/send has no default of its own


class PairfonSettings(Inputs):
    api_key = Secret(
        required=True,
        label="API Key",
        help="From your Pairfon dashboard, under API & Webhooks.",
        sample="pf_live_0123456789abcdef",
    )
    base_url = Url(
        label="Base URL",
        help="Where the API answers; leave empty for Pairfon itself.",
        sample="https://api.pairfon.com",
    )
    send_endpoint = Choice(
        choices={"zapier": "POST /zapier/send-sms", "chat": "POST /chat/send"},
        label="Send Endpoint",
        help="Which of Pairfon's two addresses sends; leave empty for the one for automation.",
        sample="zapier",
    )


class Pairfon(
    Provider,
    SendsSms,
    HasDevices,
    HasHistory,
    ListsInbound,
    ReadsWebhooks,
    RegistersWebhooks,
):
    key = "pairfon"
    label = "Pairfon"
    help = "Sends and receives SMS through your own Android phones."
    settings = PairfonSettings
    base_url = "https://api.pairfon.com"
    limit = Limit(requests=100, seconds=60)
    # ASSUMED_SIGNS: the documented answers show an id, or one of these sentences.
    answers_stop = False
    signs = Signs(
        ids=("id", "queueId", "queue_id", "data.id", "data.queueId"),
        done=DONE | {"sms queued", "sms queued successfully", "device deleted successfully"},
    )
    shown_within = 30.0  # ASSUMED_SHOWN_WITHIN: a text is in /chat/messages by then
    as_is = ("code",)
    sandbox: ClassVar = {"api_key": "pf_sandbox_demo"}
    demo = True

    def probe(self) -> Account:
        try:
            found = self._devices("/device/list")
        except ProviderRejected as error:
            # ASSUMED_DEVICE_LIST_RIGHTS: it is "admin-level", so some keys may not see it.
            if error.upstream_status not in (403, 404):
                raise
            found = self.devices()
        noun = "device" if len(found) == 1 else "devices"
        label = f"{self.label} ({len(found)} {noun})"
        return Account(label=label, phones=found, details={"devices": len(found)})

    def send_sms(self, text: Outgoing) -> Sent:
        chat, device = self.options.get("send_endpoint") == "chat", text.device_fingerprint
        body = {"device_fingerprint": device, "phone": text.phone, "message": text.message}
        if text.sim_slot or chat:
            body["sim_slot"] = text.sim_slot or DEFAULT_SIM
        path = "/chat/send" if chat else "/zapier/send-sms"
        answer = self._call("POST", path, json=body, effect=True)
        return _sent(answer, device, text.sim_slot or DEFAULT_SIM)

    def devices(self) -> list[Device]:
        return self._devices("/chat/devices")

    def remove_device(self, device_fingerprint: str) -> Sent:
        path = f"/device/delete/{segment(device_fingerprint, 'device of this account')}"
        try:
            answer = self._call("DELETE", path, effect=True)
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            return Sent(provider_id=None, note="The device was already gone.")
        return Sent(provider_id=None, note=_note(answer))

    def history(
        self, *, device_fingerprint: str | None, phone: str, since: datetime | None
    ) -> list[HistoryRow]:
        found: list[HistoryRow] = []
        for device in self._chosen(device_fingerprint):
            asked = {"device_fingerprint": device, "phone": phone}
            found += _pairfon_history.read(self._messages, asked, since)
        return sorted(found, key=lambda row: row.at, reverse=True)

    def conversations(self, *, device_fingerprint: str | None) -> list[Conversation]:
        found: list[Conversation] = []
        for device in self._chosen(device_fingerprint):
            answer = self._call("GET", "/chat/conversations", {"device_fingerprint": device})
            listed = rows(answer, self.label, "conversations", "data")
            found += [_pairfon_words.conversation(item, device) for item in listed]
        return found

    def recent(self) -> list[InboundMessage]:
        answer = self._call("GET", "/zapier/inbound-sms")
        # ASSUMED_LATEST_EMPTY: before the first message null and an empty answer may stand for [].
        listed = entries(answer, self.label, "data", "messages") if answer else []
        return _pairfon_words.oldest_first(self._read(listed))

    def latest(self) -> InboundMessage | None:
        """ASSUMED_LATEST_EMPTY: with no message yet {}, null, [] and 404 all mean just that."""
        try:
            answer = self._call("GET", "/zapier/latest-sms")
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise
            return None
        first = answer[0] if isinstance(answer, list) and answer else answer
        return next(iter(self._read([first] if first else [])), None)

    def _read(self, listed: Sequence[Any]) -> list[InboundMessage]:
        # Our own text, taken for a received one, could have a flow answer itself.
        received = [each for each in listed if not _pairfon_words.is_outbound(each)]
        read, left = parted(map(_pairfon_words.inbound, received))
        self.unread.extend(left)
        return read

    def page(self, *, device_fingerprint: str, phone: str, number: int) -> HistoryPage:
        asked = {"device_fingerprint": device_fingerprint, "phone": phone}
        try:
            return _pairfon_history.page(self._messages, asked, number)
        except ProviderRejected as error:
            # ASSUMED_NAMED_SENDERS: Pairfon may refuse the history of a sender such as "MyBank".
            if error.upstream_status not in (400, 404, 422):
                raise
            return HistoryPage(received=[], sent=[], pages=0, total=0)

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage]:
        return _pairfon_words.webhook(told(call))

    def webhooks(self) -> list[UpstreamHook]:
        return self._hooks(self._call("GET", "/webhooks/inbound-sms"))

    def set_webhooks(self, hooks: Sequence[UpstreamHook]) -> list[UpstreamHook]:
        """ASSUMED_WEBHOOK_PUT: it takes url and active alone and may renumber the entries."""
        body = {"webhooks": [{"url": each.url, "active": each.active} for each in hooks]}
        return self._hooks(self._call("PUT", "/webhooks/inbound-sms", json=body))

    def _devices(self, path: str) -> list[Device]:
        listed = rows(self._call("GET", path), self.label, "devices", "data")
        found = [_pairfon_words.device(item) for item in listed]
        return [each for each in found if each.device_fingerprint]

    def _chosen(self, device_fingerprint: str | None) -> list[str]:
        if device_fingerprint:
            return [device_fingerprint]
        return [each.device_fingerprint for each in self.devices()]

    def _messages(self, asked: Mapping[str, Any]) -> Any:
        return self._call("GET", "/chat/messages", asked)

    def _hooks(self, answer: Any) -> list[UpstreamHook]:
        return [_pairfon_words.hook(item) for item in rows(answer, self.label, "webhooks", "data")]

    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.options['api_key']}"}
        return self.http.call(method, path, headers=headers, params=params, **more).data


def _sent(answer: Any, device: str | None, sim: str) -> Sent:
    reply = answer if isinstance(answer, dict) else {}
    # The two addresses number differently; the history shows neither number.
    inner = reply.get("data")
    known = {**inner, **reply} if isinstance(inner, dict) else reply
    number = filled(known, "id", "queueId", "queue_id")
    shown = {
        "device_fingerprint": filled(reply, "device_fingerprint") or device,
        "sim_slot": _pairfon_words.sim_slot(filled(reply, "sim_slot")) or sim,
    }
    return Sent(provider_id=number, note=_note(reply), result=shown)


def _note(answer: Any) -> str:
    return (filled(answer, "message") or "") if isinstance(answer, dict) else ""


PROVIDER = Pairfon
