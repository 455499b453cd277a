"""Telnyx: SMS and MMS through numbers of one's own. https://developers.telnyx.com"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from marshmallow import validate

from integration.kernel.capabilities import (
    HasAccount,
    HasSenders,
    ReadsWebhooks,
    RepeatsSafely,
    SendsMms,
    SendsSms,
)
from integration.kernel.errors import ProviderRejected
from integration.kernel.events import Account, InboundMessage, Receipt, Sender, Sent
from integration.kernel.fields import Flag, Inputs, Secret, Url, Word
from integration.kernel.media import KeepsMedia
from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry, RegistersEntries
from integration.kernel.sender_id import SenderId
from integration.kernel.signs import Signs
from integration.kernel.specs import Answer, Limit, Provider
from integration.kernel.verdicts import Verdict
from integration.kernel.webhooks import WebhookCall
from providers import _telnyx_places, _telnyx_signature, _telnyx_words
from providers._reading import filled, rows, segment

PAGE = {"page[size]": 100}
MOST_PAGES = 50
"""Of a list: 5,000 numbers."""
REFERENCE = "reference"
POOL = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""The id of a messaging profile, whose pool of numbers then sends."""
NO_SENDER = (
    "Telnyx needs to know who sends. Name a sender in the step, or set the Sender or the Messaging"
    " Profile ID of this connection; nothing was sent."
)
NAMED = (
    "Telnyx sends under a name only by a messaging profile. Set the Messaging Profile ID of this"
    " connection; nothing was sent."
)


class TelnyxSettings(Inputs):
    api_key = Secret(
        required=True,
        label="API Key",
        help="From the Telnyx portal, under API Keys.",
        sample="KEY0123456789ABCDEF0123456789ABCDEF_0123456789abcdefghij",
    )
    sender_id = SenderId(
        label="Sender",
        help="The number, short code or name that sends where a step names none.",
        sample="+14155550100",
    )
    messaging_profile_id = Word(
        label="Messaging Profile ID",
        help="Sends by the profile's number pool, or under a name; leave empty to send by numbers.",
        sample="16fd2706-8baf-433b-82eb-8c7fada847da",
    )
    public_key = Word(
        label="Public Key",
        help="From the Telnyx portal, under Keys & Credentials; proves who sent a webhook.",
        sample="A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
        validate=validate.Regexp(
            r"[A-Za-z0-9+/]{43}=\Z",
            error="This is no public key of Telnyx; copy its 44 characters from the portal.",
        ),
    )
    replace_webhook = Flag(
        label="Replace Webhook",
        help="Lets our address replace another one that a messaging profile calls now.",
        sample="true",
    )
    base_url = Url(
        label="Base URL",
        help="Where the API answers; leave empty for Telnyx itself.",
        sample="https://api.telnyx.com/v2",
    )


class Telnyx(
    Provider,
    SendsSms,
    SendsMms,
    RepeatsSafely,
    HasAccount,
    HasSenders,
    ReadsWebhooks,
    RegistersEntries,
    KeepsMedia,
):
    key = "telnyx"
    label = "Telnyx"
    help = "Sends and receives SMS and MMS through Telnyx numbers."
    settings = TelnyxSettings
    base_url = "https://api.telnyx.com/v2"
    # Telnyx queues what goes beyond the rate of a number.
    limit = Limit(requests=50, seconds=1)
    # ASSUMED_SIGNS: the answer to a send shows the id of the message.
    signs = Signs(ids=("data.id",))
    # Telnyx keeps the first answer under an Idempotency-Key for 24 hours. One of them is left for
    # clocks that differ, and for a call that is made late.
    repeat_seconds = 23 * 3600.0
    # ASSUMED_TELNYX_MEDIA: files open without a login, at Telnyx's own store or at Amazon's.
    media_hosts: ClassVar = ("*.telnyx.com", "*.telnyxcloudstorage.com", "*.amazonaws.com")
    ids_join = True  # a webhook that is repeated names the same message
    sandbox: ClassVar = {
        "api_key": "tx_sandbox_demo",
        "sender_id": "+14155550100",
        "public_key": "icIg0oAI0bTC68F34zyfca4Tb/+NIoP677xSXamEa8A=",
    }

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:
        return _telnyx_words.verdict(answer, effect=effect)

    def probe(self) -> Account:
        return self.account()

    def account(self) -> Account:
        return _telnyx_words.account(self._call("GET", "/balance"))

    @classmethod
    def is_pool(cls, sender: str) -> bool:
        return POOL.fullmatch(sender) is not None

    def senders(self) -> list[Sender]:
        """The chosen sender, the numbers that can text, the profiles with a pool of numbers, and
        the names of the chosen profile."""
        chosen, profile = self.options.get("sender_id"), self._profile
        found = [filled(row, "phone_number") for row in self._numbers()]
        if profile:
            names = self._rows(f"{self._path(profile)}/alphanumeric_sender_ids")
            found += [filled(row, "alphanumeric_sender_id") for row in names]
        pools = _telnyx_words.pools(self._rows("/messaging_profiles"))
        plain = dict.fromkeys(each for each in (chosen, *found) if each)
        named = [Sender(id=each, label=each) for each in plain if each not in pools]
        return [*named, *(Sender(id=each, label=label) for each, label in pools.items())]

    def send_sms(self, text: Outgoing) -> Sent:
        return self._send(text, {"type": "SMS", "text": text.message})

    def send_mms(self, text: Outgoing) -> Sent:
        words = {"text": text.message} if text.message else {}
        return self._send(text, {"type": "MMS", **words, "media_urls": list(text.media_urls)})

    def genuine(self, call: WebhookCall) -> bool | None:
        key = self.options.get("public_key")
        return _telnyx_signature.is_signed(call, key) if key else None

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return _telnyx_words.events(call.json(), dict(call.query).get(REFERENCE, ""))

    def entries(self) -> list[HookEntry]:
        return [each for each in self._places() if each.url]

    def wanted_entries(self, url: str, secret: str) -> list[HookEntry]:  # noqa: ARG002  # Telnyx signs with a key of its own
        return _telnyx_places.wanted(self._places(), url)

    def add_entry(self, entry: HookEntry) -> HookEntry:
        self._set(entry, _telnyx_places.added(entry))
        return entry

    def remove_entry(self, entry: HookEntry) -> None:
        try:
            self._set(entry, _telnyx_places.removed(entry))
        except ProviderRejected as error:
            if error.upstream_status != 404:
                raise

    def change_entry(self, old: HookEntry, new: HookEntry) -> HookEntry:  # noqa: ARG002  # the new one takes its place
        return self.add_entry(new)

    def _places(self) -> list[HookEntry]:
        return _telnyx_places.found(self._rows("/messaging_profiles"), self._profile)

    def _set(self, entry: HookEntry, given: Mapping[str, str]) -> None:
        self._call("PATCH", self._path(entry.id), json=given)

    @property
    def _profile(self) -> str | None:
        chosen: str | None = self.options.get("messaging_profile_id")
        return chosen

    def _path(self, profile: str) -> str:
        return f"/messaging_profiles/{segment(profile, 'messaging profile')}"

    def _send(self, text: Outgoing, given: Mapping[str, Any]) -> Sent:
        """A repeat under one reference must have the same bytes, so the body's order is fixed."""
        sender = text.sender_id or self.options.get("sender_id")
        body = {**self._sender(sender), "to": text.phone, **given}
        if text.receipt_url:
            body["webhook_url"] = _receipt_url(text)
        headers = {"Idempotency-Key": text.reference} if text.reference else {}
        answer = self._call("POST", "/messages", headers, json=body, effect=True)
        return _telnyx_words.sent(answer)

    def _sender(self, sender: str | None) -> dict[str, str]:
        profile = {"messaging_profile_id": self._profile} if self._profile else {}
        if not sender and not profile:
            raise ProviderRejected(NO_SENDER)
        if not sender:
            return profile
        if self.is_pool(sender):
            return {"messaging_profile_id": sender}
        if sender.removeprefix("+").isdecimal():
            return {"from": sender}
        if not profile:
            raise ProviderRejected(NAMED)
        return {"from": sender, **profile}

    def _numbers(self) -> Iterator[dict[str, Any]]:
        """The numbers of the chosen profile, or of any; one without a profile cannot text."""
        for row in self._rows("/phone_numbers/messaging"):
            profile = filled(row, "messaging_profile_id")
            if profile and profile == (self._profile or profile):
                yield row

    def _rows(self, path: str) -> Iterator[dict[str, Any]]:
        """The rows of all pages, the first is 1."""
        for number in range(1, MOST_PAGES + 1):
            answer = self._call("GET", path, params={**PAGE, "page[number]": number})
            yield from rows(answer, self.label, "data")
            if number >= _telnyx_words.pages(answer):
                return

    def _call(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Any:
        ours = {"Authorization": f"Bearer {self.options['api_key']}", **(headers or {})}
        return self.http.call(method, path, headers=ours, **more).data


def _receipt_url(text: Outgoing) -> str:
    """Where Telnyx reports about a message; our reference in it settles one whose answer was
    lost."""
    reference = urlencode({REFERENCE: text.reference}) if text.reference else ""
    return f"{text.receipt_url}?{reference}" if reference else text.receipt_url


PROVIDER = Telnyx
