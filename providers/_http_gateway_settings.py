"""The settings of a gateway with an HTTP API, each checked when it is entered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from integration.kernel.events import RECEIPT_STATUSES
from integration.kernel.fields import Choice, Inputs, LongText, Password, Url, Word, longest
from integration.kernel.sender_id import SenderId
from providers import _http_gateway_checks as checks
from providers import _http_gateway_rules as rules
from providers._http_gateway_presets import LABELS, part

INBOUND = ("id", "from", "to", "text", "hex", "coding", "charset", "time", "short_time", "list")
RECEIPT = ("id", "reference", "status", "reason", "time", "short_time", "list")
"""What can be named in a webhook. `hex` is the text in hexadecimal, `short_time` YYMMDDhhmm, and
`list` where a JSON body has several."""
ANSWERS = {
    "empty": "200 and nothing",
    "no_content": "204",
    "ok": "OK",
    "ack_jasmin": "ACK/Jasmin",
    "json": "JSON with a count",
}
PROOFS = {"header": "the header's value itself"} | {
    f"{kind}_{form}": f"HMAC-{kind.upper()} of the body, {form}"
    for kind in ("sha256", "sha1", "sha512")
    for form in ("hex", "base64")
}


AS_IS = {"none": (), "codes": ("code",), "names": ("code", "name")}
"""The recipients that a gateway takes beside full numbers, by the choices of a setting."""


class GatewaySettings(Inputs):
    base_url = Url(
        required=True,
        label="Base URL",
        help="Where the gateway answers, such as http://192.168.1.20:13013 in your own network.",
        sample="https://kannel.example.com:13013",
    )
    preset = Choice(
        required=True,
        choices=LABELS,
        label="Preset",
        help="What answers there; the settings below replace single parts of it.",
        sample="kannel",
    )
    username = Word(
        label="User Name",
        help="The account's name, where the gateway has one.",
        sample="hookline",
        validate=longest(200),
    )
    api_key = Password(
        label="Password or Key",
        help="The account's password, key or token, where the gateway has one.",
        sample="pw_0123456789abcdef",
    )
    sender_id = SenderId(
        label="Sender ID",
        help="Who a message is from where a step names no sender.",
        sample="MyCompany",
        validate=longest(20),
    )
    as_is = Choice(
        choices={"none": "numbers", "codes": "short codes too", "names": "short codes and names"},
        label="Recipients",
        help="What it texts; leave empty for full numbers alone.",
        sample="codes",
    )
    method = Choice(
        choices={"GET": "GET", "POST": "POST"},
        label="Method",
        help="How a text is handed over; leave empty for the preset's way.",
        sample="GET",
    )
    path = Word(
        label="Send Path",
        help="The path of that call after the base URL; leave empty for the preset's.",
        sample="/cgi-bin/sendsms",
        validate=checks.checked(checks.path),
    )
    send_as = Choice(
        choices={"query": "in the address", "form": "as a form", "json": "as JSON"},
        label="Send As",
        help="Where the fields go; leave empty for the preset's way.",
        sample="query",
    )
    parameters = LongText(
        label="Parameters",
        help="NAME=VALUE on each line: replaces, adds, or without a value removes one parameter.",
        sample="smsc=modem1\npriority=1",
        validate=checks.checked(checks.parameters),
    )
    headers = LongText(
        label="Headers",
        help="NAME=VALUE on each line, such as Authorization=Bearer {api_key}.",
        sample="X-Tenant={username}",
        validate=checks.checked(checks.headers),
    )
    success = LongText(
        label="Signs of Success",
        help=f"What shows that a text was taken. {rules.HOW}",
        sample="status=202\ntext=0:\ntext=3:",
        validate=checks.checked(rules.rule),
    )
    refused = LongText(
        label="Signs of a Refusal",
        help="What shows that nothing was sent, and never will be; as the signs of success.",
        sample="json.status=rejected",
        validate=checks.checked(rules.rule),
    )
    later = LongText(
        label="Signs to Try Later",
        help="What shows that nothing was sent for now, written as the signs of success.",
        sample="status=503\ntext=Temporal failure",
        validate=checks.checked(rules.rule),
    )
    id_at = Word(
        label="ID Place",
        help=f"Where the answer has the id of the text. {rules.WHERE}",
        sample="none",
        validate=checks.checked(rules.id_place),
    )
    check_path = Word(
        label="Check Path",
        help="Asked by GET to test the account; nothing may be sent by it. Empty: the preset's.",
        sample="/cgi-bin/sendsms",
        validate=checks.checked(checks.check_path),
    )
    check_success = LongText(
        label="Signs of a Good Check",
        help="What else than a 2xx shows that the account is right, as the signs of success.",
        sample="status=400\ntext=Missing receiver number",
        validate=checks.checked(rules.rule),
    )
    balance_at = Word(
        label="Balance Path",
        help="Where the answer to the check has the balance: member names, with dots between them.",
        sample="data.balance",
        validate=longest(200),
    )
    inbound = LongText(
        label="Names in Received Messages",
        help=f"OURS=THEIRS on each line. Ours are {', '.join(INBOUND)}.",
        sample="id=id\nfrom=from\ntext=text",
        validate=checks.checked(checks.named(INBOUND)),
    )
    receipts = LongText(
        label="Names in Receipts",
        help=f"OURS=THEIRS on each line. Ours are {', '.join(RECEIPT)}.",
        sample="reference=ref\nstatus=status",
        validate=checks.checked(checks.named(RECEIPT)),
    )
    receipt_words = LongText(
        label="Words in Receipts",
        help=f"THEIRS=OURS on each line. Ours are {', '.join(RECEIPT_STATUSES)}.",
        sample="32=failed",
        validate=checks.checked(checks.words),
    )
    receipt_query = Word(
        label="Receipt Query",
        help="What is added to {receipt_url}, with {ref} and what the gateway fills in.",
        sample="ref={ref}&status=%d&answer=%A",
        validate=checks.checked(checks.query),
    )
    answer = Choice(
        choices=ANSWERS,
        label="Answer to Webhooks",
        help="What the gateway wants to hear from us; leave empty for the preset's.",
        sample="empty",
    )
    webhook_header = Word(
        label="Webhook Header",
        help="The header that proves a webhook, beside its address, which is secret.",
        sample="X-Signature",
        validate=checks.checked(checks.header),
    )
    webhook_secret = Password(
        label="Webhook Secret",
        help="What that header holds, or the key of its HMAC.",
        sample="a-secret-of-at-least-20-characters",
    )
    webhook_proof = Choice(
        choices=PROOFS,
        label="Webhook Proof",
        help="What the header holds; leave empty for the secret itself.",
        sample="sha256_hex",
    )

    @validates_schema
    def fit(self, given: Mapping[str, Any], **_: Any) -> None:
        """The parts must fit each other, also those of the preset."""
        if "preset" not in given:
            return  # The environment may name no gateway at all, or only parts of one.
        if part(given, "send_as") != "query" and part(given, "method") == "GET":
            raise ValidationError(
                "A GET has no body: choose POST, or fields in the address.", "method"
            )
        if given.get("webhook_secret") and not given.get("webhook_header"):
            raise ValidationError("Name the header that proves a webhook.", "webhook_header")
        checks.fit_parameters(given)
