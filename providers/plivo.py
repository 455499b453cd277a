"""Plivo: SMS and MMS through numbers of one's own. https://www.plivo.com/docs/messaging"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from integration.kernel.capabilities import (
    HasAccount,
    HasHistory,
    HasSenders,
    ReadsWebhooks,
    SendsMms,
    SendsSms,
)
from integration.kernel.errors import ProviderRejected
from integration.kernel.events import (
    Account,
    HistoryRow,
    InboundMessage,
    Receipt,
    Sender,
    Sent,
)
from integration.kernel.media import KeepsMedia
from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.signs import Signs
from integration.kernel.specs import Answer, Limit, Provider
from integration.kernel.status_by_id import TellsStatus
from integration.kernel.verdicts import Verdict
from integration.kernel.webhooks import WebhookCall, WebhookReply
from providers import _plivo_pages, _plivo_places, _plivo_signature, _plivo_words
from providers._plivo_settings import PlivoSettings
from providers._plivo_words import POWERPACK, REFERENCE
from providers._reading import segment

FILE = r".*/Account/{}/Message/[\w-]+/Media/[\w-]+/?"
NO_RIGHT = (401, 403, 404)
MOST_HISTORY = 10
"""Pages of the texts to one number: Plivo answers 20 such calls a minute."""
NO_SENDER = (
    "Plivo needs to know who sends. Name a sender in the step, or set the Sender of this"
    " connection; nothing was sent."
)
XML = WebhookReply(
    body=b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    content_type="application/xml; charset=utf-8",
)
"""An answer that sends nothing. Plivo repeats a webhook until its answer is a 2xx."""


class Plivo(
    Provider,
    SendsSms,
    SendsMms,
    HasHistory,
    TellsStatus,
    HasAccount,
    HasSenders,
    ReadsWebhooks,
    RegistersEntries,
    KeepsMedia,
):
    key = "plivo"
    label = "Plivo"
    help = "Sends and receives SMS and MMS through Plivo numbers and Powerpacks."
    settings = PlivoSettings
    base_url = "https://api.plivo.com/v1"
    account_settings = ("auth_id",)
    credentials = "Auth ID and Auth Token"
    # Plivo queues what goes beyond the rate of a number.
    limit = Limit(requests=300, seconds=5)
    # ASSUMED_SIGNS: an answer of success has the UUID of the message; see `judge`.
    signs = Signs(ids=())
    shown_within = 30.0  # ASSUMED_SHOWN_WITHIN: a message is in the list by then
    plain_numbers = True  # "dst": "14155550123"
    ids_join = True  # a webhook that is repeated names the same message
    # ASSUMED_PLIVO_MEDIA: files are at Plivo's own host, which may ask for the login, or lead to
    # Amazon's store, which does not.
    media_hosts: ClassVar = ("*.plivo.com", "*.amazonaws.com")
    media_login_hosts: ClassVar = ("media.plivo.com",)
    sandbox: ClassVar = {
        "auth_id": "MAB652622D1D64A200F6",
        "auth_token": "pl_sandbox_demo",
        "sender_id": "+14155550100",
    }
    sandbox_account = "auth_token"

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:
        return _plivo_words.verdict(answer) if effect else None

    def probe(self) -> Account:
        return self.account()

    def account(self) -> Account:
        return _plivo_words.account(self._call("GET", "/"), self.options["auth_id"])

    @classmethod
    def is_pool(cls, sender: str) -> bool:
        return POWERPACK.fullmatch(sender) is not None

    def senders(self) -> list[Sender]:
        """The chosen sender, the numbers that can text, and the Powerpacks."""
        chosen = self.options.get("sender_id")
        numbers = map(_plivo_words.number, self._rows("/Number/"))
        powerpacks = map(_plivo_words.powerpack, self._powerpacks())
        found = {each.id: each for each in (*numbers, *powerpacks) if each}
        first = [found.get(chosen, Sender(id=chosen, label=chosen))] if chosen else []
        return [*first, *(each for each in found.values() if each.id != chosen)]

    def send_sms(self, text: Outgoing) -> Sent:
        return self._send(text, {"type": "sms", "text": text.message})

    def send_mms(self, text: Outgoing) -> Sent:
        words = {"text": text.message} if text.message else {}
        return self._send(text, {"type": "mms", **words, "media_urls": list(text.media_urls)})

    def history(
        self,
        *,
        device_fingerprint: str | None,  # noqa: ARG002  # Plivo sends from numbers, not from phones
        phone: str,
        since: datetime | None,
    ) -> list[HistoryRow]:
        """What was sent to a number, newest first. Without `since`, Plivo gives a day.

        ASSUMED_PLIVO_FILTER: the list finds a number as its page on it has it, with a plus, or as
        its rows have it, without. An absence counts only where neither finds a row.
        """
        asked = {"message_direction": "outbound"}
        if since:
            floor = since.astimezone(UTC).replace(microsecond=0)
            asked["message_time__gte"] = floor.strftime("%Y-%m-%d %H:%M:%S")
        found: dict[str, HistoryRow] = {}
        for spelt in dict.fromkeys((phone, phone.removeprefix("+"))):
            rows = self._rows("/Message/", {**asked, "to_number": spelt}, MOST_HISTORY)
            found = {row.provider_id: row for row in map(_plivo_words.history_row, rows)}
            if found:
                break
        return sorted(found.values(), key=lambda row: row.at, reverse=True)

    def status_of(self, provider_id: str) -> Receipt:
        path = f"/Message/{segment(provider_id, 'message')}/"
        return _plivo_words.looked_up(self._call("GET", path), provider_id)

    def genuine(self, call: WebhookCall) -> bool | None:
        return _plivo_signature.is_genuine(self.options["auth_token"], call)

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return [_plivo_words.event(call)]

    def webhook_reply(
        self,
        call: WebhookCall,  # noqa: ARG002  # no answer depends on the call
        found: Sequence[InboundMessage | Receipt],  # noqa: ARG002  # nor on what it held
    ) -> WebhookReply:
        return XML

    @cached_property
    def _places(self) -> list[HookEntry]:
        used = _plivo_places.used(self._rows("/Number/"), self._powerpacks())
        return _plivo_places.found(self._rows("/Application/"), used)

    def entries(self) -> list[HookEntry]:
        vars(self).pop("_places", None)
        return [each for each in self._places if each.url]

    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:  # noqa: ARG002  # Plivo signs with the Auth Token
        return _plivo_places.wanted(self._places, url)

    def add_entry(self, entry: HookEntry) -> HookEntry:
        self._set(entry, entry.url)
        return entry

    def remove_entry(self, entry: HookEntry) -> None:
        try:
            self._set(entry, entry.overwrites)
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise

    def _set(self, entry: HookEntry, address: str) -> None:
        path = f"/Application/{segment(entry.id, 'application')}/"
        self._call("POST", path, json=_plivo_places.given(address))

    def media_login(self, url: str) -> Mapping[str, str]:
        own = re.fullmatch(FILE.format(self.options["auth_id"]), urlsplit(url).path)
        return self._login if own else {}

    def _send(self, text: Outgoing, given: Mapping[str, Any]) -> Sent:
        sender = text.sender_id or self.options.get("sender_id")
        if not sender:
            raise ProviderRejected(NO_SENDER)
        body = {"powerpack_uuid" if self.is_pool(sender) else "src": sender, "dst": text.phone}
        more = {"url": _receipt_url(text), "method": "POST"} if text.receipt_url else {}
        if text.dlt_template_id:
            more["dlt_template_id"] = text.dlt_template_id
        answer = self._call("POST", "/Message/", json={**body, **given, **more}, effect=True)
        return Sent(provider_id=_plivo_words.uuid(answer), result={"sender_id": sender})

    def _powerpacks(self) -> Iterator[dict[str, Any]]:
        try:
            yield from self._rows("/Powerpack/")
        except ProviderRejected as error:
            # ASSUMED_PLIVO_POWERPACK_RIGHTS: a subaccount may see no Powerpacks.
            if error.upstream_status not in NO_RIGHT:
                raise

    def _rows(
        self,
        path: str,
        asked: Mapping[str, Any] | None = None,
        most: int = _plivo_pages.MOST_PAGES,
    ) -> Iterator[dict[str, Any]]:
        return _plivo_pages.listed(partial(self._call, "GET", path), asked or {}, most)

    @property
    def _login(self) -> dict[str, str]:
        pair = f"{self.options['auth_id']}:{self.options['auth_token']}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        place = f"/Account/{self.options['auth_id']}{path}"
        return self.http.call(method, place, headers=self._login, params=params, **more).data


def _receipt_url(text: Outgoing) -> str:
    """Where Plivo reports about a message. Its list does not show our reference, so the address
    does."""
    reference = urlencode({REFERENCE: text.reference}) if text.reference else ""
    return f"{text.receipt_url}?{reference}" if reference else text.receipt_url


PROVIDER = Plivo
