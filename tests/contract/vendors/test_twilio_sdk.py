"""Twilio's own library judges us: it sends what we send, and proves the same webhooks.

It also reads what the sandbox answers, so that the sandbox is judged as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import responses
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry
from proofs.rig.sandbox import Sandbox
from providers import _twilio_webhooks
from providers.twilio import Twilio
from sandbox.twilio_state import NUMBER, sid
from sandbox.twilio_webhooks import signature as sandbox_signature
from tests.contract.recordings import connect
from tests.contract.webhook_tapes import ADDRESS, FORM, NOON, made

ACCOUNT, TOKEN = f"AC{1:032x}", "0123456789abcdef0123456789abcdef"
KEY, SECRET, POOL = f"SK{1:032x}", "a secret of an API key", f"MG{1:032x}"
NUMBER_SID, APPLICATION = f"PN{1:032x}", f"AP{1:032x}"
PHONE, TEXT, CALLBACK = "+14155550123", "Grüße & more 😀", f"{ADDRESS}?reference=job_1"
PICTURES = ("https://example.com/a.jpg", "https://example.com/b.png")
SETTINGS = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender_id": NUMBER}
LISTS = ("messages", "incoming_phone_numbers", "services")
META = {"next_page_url": None, "key": "services"}
EVERY: dict[str, Any] = {
    "sid": "SM1",
    "next_page_uri": None,
    "meta": META,
    **{name: [] for name in LISTS},
}
Ours = Callable[[Twilio], Any]
Theirs = Callable[[Client], Any]


def entry(place: str, overwrites: str = "") -> HookEntry:
    return HookEntry(id=place, url=ADDRESS, events=frozenset(), overwrites=overwrites)


CALLS: dict[str, tuple[Ours, Theirs]] = {
    "a text": (
        lambda p: p.send_sms(
            Outgoing(phone=PHONE, message=TEXT, reference="job_1", receipt_url=ADDRESS)
        ),
        lambda c: c.messages.create(to=PHONE, from_=NUMBER, body=TEXT, status_callback=CALLBACK),
    ),
    "a text through a service": (
        lambda p: p.send_sms(Outgoing(phone=PHONE, message=TEXT, sender_id=POOL)),
        lambda c: c.messages.create(to=PHONE, messaging_service_sid=POOL, body=TEXT),
    ),
    "pictures": (
        lambda p: p.send_mms(Outgoing(phone=PHONE, media_urls=PICTURES)),
        lambda c: c.messages.create(to=PHONE, from_=NUMBER, media_url=[*PICTURES]),
    ),
    "the history": (
        lambda p: p.history(device_fingerprint=None, phone=PHONE, since=None),
        lambda c: [
            c.messages.list(to=PHONE, page_size=100),
            c.messages.list(from_=PHONE, page_size=100),
        ],
    ),
    "what came in": (
        lambda p: p.received(cursor="", since=NOON),
        lambda c: c.messages.list(date_sent_after=NOON, page_size=100),
    ),
    "the senders": (
        lambda p: p.senders(),
        lambda c: [
            c.incoming_phone_numbers.list(page_size=100),
            c.messaging.v1.services.list(page_size=100),
        ],
    ),
    "the address of a number": (
        lambda p: p.add_entry(entry(NUMBER_SID)),
        lambda c: c.incoming_phone_numbers(NUMBER_SID).update(sms_url=ADDRESS, sms_method="POST"),
    ),
    "the address of a service": (
        lambda p: p.add_entry(entry(POOL)),
        lambda c: c.messaging.v1.services(POOL).update(
            inbound_request_url=ADDRESS, inbound_method="POST"
        ),
    ),
    "what stood at a number": (
        lambda p: p.remove_entry(entry(NUMBER_SID, overwrites=APPLICATION)),
        lambda c: c.incoming_phone_numbers(NUMBER_SID).update(
            sms_url="", sms_application_sid=APPLICATION
        ),
    ),
    "the balance": (lambda p: p.account(), lambda c: c.balance.fetch()),
}


@pytest.mark.parametrize("by_key", [False, True], ids=["token", "API key"])
@pytest.mark.parametrize(("ours", "theirs"), CALLS.values(), ids=CALLS)
def test_the_library_sends_what_we_send(ours: Ours, theirs: Theirs, by_key: bool) -> None:
    more = {"api_key_sid": KEY, "api_key_secret": SECRET} if by_key else {}
    client = Client(KEY, SECRET, ACCOUNT) if by_key else Client(ACCOUNT, TOKEN)
    sent = caught(lambda: theirs(client))
    assert sent
    assert caught(lambda: ours(connect(Twilio, {**SETTINGS, **more}))) == sent


def caught(step: Callable[[], Any]) -> list[dict[str, Any]]:
    """The requests of a step, as the server takes them."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST"):
            mock.add(method, re.compile(".*"), body=json.dumps(EVERY), status=200)
        step()
        return [taken(call.request) for call in mock.calls]


def taken(request: Any) -> dict[str, Any]:
    parts = urlsplit(request.url)
    return {
        "method": request.method,
        "to": f"{parts.scheme}://{parts.netloc}{parts.path}",
        "query": sorted(parse_qsl(parts.query, keep_blank_values=True)),
        "authorization": request.headers["Authorization"],
        "type": request.headers["Content-Type"] if request.body else None,
        "form": sorted(parse_qsl(request.body or "", keep_blank_values=True)),
    }


FIELDS: list[list[tuple[str, str]]] = [
    [],
    [("MessageSid", "SM1"), ("Body", ""), ("From", PHONE)],
    [("Body", TEXT), ("To", NUMBER), ("b", "2"), ("B", "1"), ("MediaUrl0", PICTURES[0])],
]
URLS = [ADDRESS, CALLBACK, "http://hook.example.com:8080/ingress/x", "https://a.example:443/?a=%2B"]


@pytest.mark.parametrize("fields", FIELDS, ids=["nothing", "few", "many"])
@pytest.mark.parametrize("url", URLS)
def test_all_three_sign_alike(url: str, fields: list[tuple[str, str]]) -> None:
    theirs = RequestValidator(TOKEN).compute_signature(url, dict(fields))
    assert _twilio_webhooks.signature(TOKEN, url, fields) == theirs
    assert sandbox_signature(TOKEN, url, dict(fields)) == theirs


@pytest.mark.parametrize("signed", range(3))
@pytest.mark.parametrize("url", URLS)
def test_the_library_and_we_believe_the_same_webhooks(url: str, signed: int) -> None:
    """With the port, without it, and as it stands."""
    fields, judge = FIELDS[2], RequestValidator(TOKEN)
    address = (*_twilio_webhooks.spellings(url), url)[signed]
    for proof, body in (
        (judge.compute_signature(address, dict(fields)), fields),
        (judge.compute_signature(address, dict(fields)), [*fields, ("Body2", "forged")]),
        (judge.compute_signature(f"{address}x", dict(fields)), fields),
    ):
        call = replace(
            made({"method": "POST", "body": urlencode(body)}),
            url=url,
            headers={"content-type": FORM, "x-twilio-signature": proof},
        )
        assert connect(Twilio, SETTINGS).genuine(call) is judge.validate(url, dict(body), proof)


class Redirected(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """Their library, with the sandbox in the place of Twilio's hosts."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self.root = root

    def request(self, method: str, url: str, *more: Any, **given: Any) -> Any:
        here = re.sub(r"https://(api|messaging)\.twilio\.com", f"{self.root}/twilio", url)
        return super().request(method, here, *more, **given)


def test_the_library_reads_what_the_sandbox_answers(sandbox: Sandbox) -> None:
    key = "tw_library_answers"
    library = Client(sid("AC", key), key, http_client=Redirected(sandbox.url))
    sent = library.messages.create(to=PHONE, from_=NUMBER, body=TEXT)
    assert (sent.status, sent.direction, sent.body) == ("queued", "outbound-api", TEXT)
    assert library.messages(sent.sid).fetch().date_created == sent.date_created
    given = [{"phone": PHONE, "message": str(each), "media": 1} for each in range(5)]
    sandbox.control("POST", key, "inbound", given)
    listed = library.messages.list(page_size=2)
    assert [each.body for each in listed] == ["4", "3", "2", "1", "0", TEXT]
    [media] = listed[0].media.list()
    assert media.content_type == "image/png"
    [number, *_] = library.incoming_phone_numbers.list()
    assert (number.phone_number, number.capabilities["sms"]) == (NUMBER, True)
    assert number.update(sms_url=ADDRESS).sms_url == ADDRESS
    [service] = library.messaging.v1.services.list()
    assert library.messages.create(to=PHONE, messaging_service_sid=service.sid, body=TEXT).sid
    assert float(library.balance.fetch().balance) < 1000


@pytest.mark.parametrize(
    ("number", "code"), [("+15005550001", 21211), ("+15005550004", 21610), ("0", 21211)]
)
def test_the_library_reads_the_refusals_of_the_sandbox(
    sandbox: Sandbox, number: str, code: int
) -> None:
    key = "tw_library_refusals"
    library = Client(sid("AC", key), key, http_client=Redirected(sandbox.url))
    with pytest.raises(TwilioRestException) as error:
        library.messages.create(to=number, from_=NUMBER, body=TEXT)
    assert (error.value.code, error.value.status) == (code, 400)
