"""Vonage: SMS through the SMS API. https://developer.vonage.com/en/messaging/sms/overview"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from integration.kernel.capabilities import HasAccount, HasSenders, ReadsWebhooks, SendsSms
from integration.kernel.errors import MalformedBody, ProviderRejected
from integration.kernel.events import Account, InboundMessage, Receipt, Sender, Sent
from integration.kernel.fields import Choice, Inputs, Secret, Url
from integration.kernel.outgoing import Outgoing
from integration.kernel.segments import ALPHABET
from integration.kernel.sender_id import SenderId
from integration.kernel.signs import Signs
from integration.kernel.specs import Answer, Limit, Provider
from integration.kernel.verdicts import Verdict
from integration.kernel.webhooks import WebhookCall, WebhookReply, within
from providers import _vonage_signature, _vonage_words
from providers._reading import filled, rows, whole

PAGE_ROWS = 100
MOST_PAGES = 50
"""Of the list of numbers: 5,000 of them."""
LONGEST_CALLBACK = 100
"""Characters of an address for receipts. A longer one is entered in Vonage's dashboard instead."""
# ASSUMED_VONAGE_RETRIES: a webhook that is repeated for 24 hours may bear its first time.
SECONDS = 25 * 3600.0
NO_SENDER = (
    "Vonage needs to know who sends. Name a sender in the step, or set the Sender of this"
    " connection; nothing was sent."
)


class VonageSettings(Inputs):
    api_key = Secret(
        required=True,
        label="API Key",
        help="From the Vonage dashboard, under API Settings: 8 characters.",
        sample="abcd1234",
    )
    api_secret = Secret(
        required=True,
        label="API Secret",
        help="From the same page.",
        sample="abcdef0123456789",
    )
    sender_id = SenderId(
        label="Sender",
        help="The number or name that sends where a step names none.",
        sample="447700900000",
    )
    signature_secret = Secret(
        label="Signature Secret",
        help="From the same page; proves webhooks, once Vonage has signed webhooks on for you.",
        sample="0123456789abcdefABCDEF",
    )
    signature_method = Choice(
        choices=_vonage_signature.METHODS,
        label="Signature Method",
        help="The method that the same page shows; leave empty for SHA-256 HMAC.",
        sample="sha256",
    )
    base_url = Url(
        label="Base URL",
        help="Where the API answers; leave empty for Vonage itself.",
        sample="https://rest.nexmo.com",
    )


class Vonage(Provider, SendsSms, HasAccount, HasSenders, ReadsWebhooks):
    key = "vonage"
    label = "Vonage"
    credentials = "API key and secret"
    help = "Sends and receives SMS through Vonage's SMS API, formerly Nexmo."
    settings = VonageSettings
    base_url = "https://rest.nexmo.com"
    limit = Limit(requests=30, seconds=1)
    # ASSUMED_SIGNS: the answer to a send shows status 0 and an id for each part; see `judge`.
    signs = Signs(ids=("message-id",))
    plain_numbers = True  # "to": "447700900000"
    ids_join = True  # a webhook that is repeated may bear another time
    webhook_methods = ("POST", "GET")
    sandbox: ClassVar = {
        "api_key": "vn_sandbox_demo",
        "api_secret": "sandbox_secret",
        "sender_id": "447700900000",
        "signature_secret": "sig_vn_sandbox_demo",
    }

    def judge(self, answer: Answer, *, effect: bool) -> Verdict | None:
        return _vonage_words.verdict(answer.data) if effect and answer.status == 200 else None

    def probe(self) -> Account:
        return self.account()

    def account(self) -> Account:
        answer = self._call("GET", "/account/get-balance")
        found = answer if isinstance(answer, dict) else {}
        return Account(label=self.label, balance=filled(found, "value"))

    def senders(self) -> list[Sender]:
        """The chosen sender, and the numbers that can text."""
        found = [self.options.get("sender_id"), *self._numbers()]
        return [Sender(id=each, label=each) for each in dict.fromkeys(filter(None, found))]

    def send_sms(self, text: Outgoing) -> Sent:
        sender = text.sender_id or self.options.get("sender_id")
        if not sender:
            raise ProviderRejected(NO_SENDER)
        callback = text.receipt_url if len(text.receipt_url) <= LONGEST_CALLBACK else ""
        fields = {
            "from": _digits(sender),
            "to": _digits(text.phone),
            "text": text.message,
            "type": "" if set(text.message) <= ALPHABET else "unicode",
            "client-ref": text.reference,
            "callback": callback,
            "content-id": text.dlt_template_id or "",
        }
        form = [(name, value) for name, value in fields.items() if value]
        return _vonage_words.sent(self._call("POST", "/sms/json", form=form, effect=True))

    def genuine(self, call: WebhookCall) -> bool | None:
        secret = self.options.get("signature_secret")
        if not secret:
            return None
        fields, method = _fields(call), self.options.get("signature_method") or "sha256"
        # A call without parameters asks whether we are there, and says nothing.
        if not fields:
            return None
        signed = _vonage_signature.is_signed(fields, secret, method)
        return signed and within(call.at, fields.get("timestamp"), SECONDS)

    def read_webhook(self, call: WebhookCall) -> Sequence[InboundMessage | Receipt]:
        return _vonage_words.event(_fields(call), call.at)

    def webhook_reply(
        self,
        call: WebhookCall,  # noqa: ARG002  # every call has the same answer
        found: Sequence[InboundMessage | Receipt],  # noqa: ARG002  # as above
    ) -> WebhookReply:
        """200 also for what we could not read: Vonage repeats any other answer for 24 hours."""
        return WebhookReply()

    def _numbers(self) -> Iterator[str | None]:
        for page in range(1, MOST_PAGES + 1):
            asked = {"index": page, "size": PAGE_ROWS}
            answer = self._call("GET", "/account/numbers", params=asked)
            # ASSUMED_VONAGE_NUMBERS: an account without numbers is answered with {}.
            found = rows({"numbers": [], **answer}, self.label, "numbers")
            yield from (filled(row, "msisdn") for row in found if "SMS" in _features(row))
            if page * PAGE_ROWS >= whole(answer.get("count"), 0):
                return

    def _call(self, method: str, path: str, **more: Any) -> Any:
        pair = f"{self.options['api_key']}:{self.options['api_secret']}"
        headers = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        answer = self.http.call(method, path, headers=headers, **more).data
        return answer if isinstance(answer, dict) else {}


def _features(row: Mapping[str, Any]) -> Sequence[Any]:
    found = row.get("features")
    return found if isinstance(found, list) else ()


def _digits(sender: str) -> str:
    """Numbers have no plus; a name stays as it is."""
    return sender.removeprefix("+")


def _fields(call: WebhookCall) -> dict[str, str]:
    """A webhook's parameters, by GET, by a form or by JSON, as the account has it."""
    if call.method == "GET":
        return dict(call.query)
    if "json" not in call.headers.get("content-type", ""):
        return dict(call.form())
    given = call.json()
    if not isinstance(given, dict):
        raise MalformedBody("This webhook is no JSON object.")
    return {name: _written(value) for name, value in given.items() if value is not None}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


PROVIDER = Vonage
