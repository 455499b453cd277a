"""Plivo's own library judges us: it sends what we send, and proves the same webhooks.

It also reads what the sandbox answers, so that the sandbox is judged as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import plivo
import pytest
import responses
from plivo.utils import validate_signature, validate_v3_signature

from integration.kernel.outgoing import Outgoing
from integration.kernel.registration import HookEntry
from integration.kernel.webhooks import pairs
from proofs.rig.sandbox import Sandbox
from providers import _plivo_signature
from providers.plivo import Plivo
from sandbox.plivo_hooks import signatures
from sandbox.plivo_state import NUMBERS, auth_id
from tests.contract.recordings import connect
from tests.contract.webhook_tapes import ADDRESS, FORM, NOON, made

ACCOUNT, TOKEN = "MA0000000000EXAMPLE1", "0123456789abcdefghijklmnopqrstuvwxyzABCD"
POOL = "9f1aef45-cf9d-4c7f-9b3c-7a1c2d4e5f60"
OWN, PHONE, TEXT = "+14155550100", "+14155550123", "Grüße & more 😀"
CALLBACK = f"{ADDRESS}?reference=job_1"
PICTURES = ("https://example.com/a.jpg", "https://example.com/b.png")
SETTINGS = {"auth_id": ACCOUNT, "auth_token": TOKEN, "sender_id": OWN}
EVERY: dict[str, Any] = {"message_uuid": ["1"], "objects": [], "meta": {"next": None}}
OF_THE_LIBRARY = {"log": "true", "trackable": False, "method": "POST"}
"""What the library adds to each send; they are Plivo's own defaults."""
Ours = Callable[[Plivo], Any]
Theirs = Callable[[Any], Any]

CALLS: dict[str, tuple[Ours, Theirs]] = {
    "a text": (
        lambda p: p.send_sms(
            Outgoing(phone=PHONE, message=TEXT, reference="job_1", receipt_url=ADDRESS)
        ),
        lambda c: c.messages.create(src=OWN, dst=PHONE, text=TEXT, url=CALLBACK),
    ),
    "a text through a Powerpack": (
        lambda p: p.send_sms(Outgoing(phone=PHONE, message=TEXT, sender_id=POOL)),
        lambda c: c.messages.create(powerpack_uuid=POOL, dst=PHONE, text=TEXT),
    ),
    "a text with a template": (
        lambda p: p.send_sms(Outgoing(phone=PHONE, message=TEXT, dlt_template_id="1107")),
        lambda c: c.messages.create(src=OWN, dst=PHONE, text=TEXT, dlt_template_id="1107"),
    ),
    "pictures": (
        lambda p: p.send_mms(Outgoing(phone=PHONE, message=TEXT, media_urls=PICTURES)),
        lambda c: c.messages.create(
            src=OWN, dst=PHONE, text=TEXT, type_="mms", media_urls=[*PICTURES]
        ),
    ),
    "what was sent": (
        lambda p: p.history(device_fingerprint=None, phone=PHONE, since=NOON),
        lambda c: [
            c.messages.list(
                message_direction="outbound", message_time__gte=NOON, to_number=each, limit=20
            )
            for each in (PHONE, PHONE[1:])
        ],
    ),
    "one message": (lambda p: p.status_of("1"), lambda c: c.messages.get("1")),
    "the senders": (
        lambda p: p.senders(),
        lambda c: [c.numbers.list(), c.powerpacks.list(limit=20)],
    ),
    "the applications": (
        lambda p: p.entries(),
        lambda c: [c.numbers.list(), c.powerpacks.list(limit=20), c.applications.list()],
    ),
    "the credit": (lambda p: p.account(), lambda c: c.account.get()),
}


def theirs_of(key: str, token: str) -> Any:
    return plivo.RestClient(key, token)


@pytest.mark.parametrize(("ours", "theirs"), CALLS.values(), ids=CALLS)
def test_the_library_sends_what_we_send(ours: Ours, theirs: Theirs) -> None:
    sent = caught(lambda: theirs(theirs_of(ACCOUNT, TOKEN)))
    assert sent
    assert caught(lambda: ours(connect(Plivo, SETTINGS))) == sent


def test_the_library_sets_an_address_where_we_set_it() -> None:
    """It adds an application's other members, with values of its own, which we leave alone."""
    entry = HookEntry(id="20468599130939380", url=ADDRESS, events=frozenset())
    [ours] = caught(lambda: connect(Plivo, SETTINGS).add_entry(entry))
    [theirs] = caught(
        lambda: theirs_of(ACCOUNT, TOKEN).applications.update(entry.id, message_url=ADDRESS)
    )
    assert ours["json"].items() <= theirs["json"].items()
    assert {**ours, "json": None} == {**theirs, "json": None}


def caught(step: Callable[[], Any]) -> list[dict[str, Any]]:
    """The requests of a step, as the server takes them."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST"):
            mock.add(method, re.compile(".*"), body=json.dumps(EVERY), status=200)
        step()
        return [taken(call.request) for call in mock.calls]


def taken(request: Any) -> dict[str, Any]:
    parts = urlsplit(request.url)
    given = json.loads(request.body) if request.body else None
    if given and parts.path.endswith("/Message/"):
        given = {**OF_THE_LIBRARY, **given}
    # The first page begins at 0, whether that is said or not; midnight has two spellings.
    asked = [each for each in parse_qsl(parts.query) if each != ("offset", "0")]
    return {
        "method": request.method,
        "to": f"{parts.scheme}://{parts.netloc}{parts.path}",
        "query": sorted((name, value.removesuffix("+00:00")) for name, value in asked),
        "authorization": request.headers["Authorization"],
        "type": request.headers["Content-Type"] if request.body else None,
        "json": given,
    }


FIELDS: list[list[tuple[str, str]]] = [
    [],
    [("MessageUUID", "1"), ("Text", ""), ("From", "14155550123")],
    [("Text", TEXT), ("To", "14155550100"), ("b", "2"), ("B", "1"), ("Media1", PICTURES[0])],
]
URLS = [ADDRESS, CALLBACK, "http://hook.example.com:8080/ingress/x?b=%2B&a=1&a=0&c="]
NONCE = "12345678901234567890"


@pytest.mark.parametrize("fields", FIELDS, ids=["nothing", "few", "many"])
@pytest.mark.parametrize("url", URLS)
def test_the_library_takes_our_signatures_and_the_sandbox_s(
    url: str, fields: list[tuple[str, str]]
) -> None:
    third = _plivo_signature.third(TOKEN, url, fields, NONCE)
    second = _plivo_signature.second(TOKEN, url, NONCE)
    assert signatures(TOKEN, url, dict(fields), NONCE) == (third, second)
    assert validate_v3_signature("POST", url, NONCE, TOKEN, third, dict(fields))
    assert not validate_v3_signature("POST", url, NONCE, f"{TOKEN}x", third, dict(fields))
    assert validate_signature(url, NONCE, second, TOKEN)


@pytest.mark.parametrize("url", URLS)
def test_the_library_and_we_believe_the_same_webhooks(url: str) -> None:
    right = _plivo_signature.third(TOKEN, url, FIELDS[2], NONCE)
    for proof, body in (
        (right, FIELDS[2]),
        (f"b3RoZXI=,{right}", FIELDS[2]),
        (right, [*FIELDS[2], ("Text2", "forged")]),
        (_plivo_signature.third(TOKEN, f"{url}x", FIELDS[2], NONCE), FIELDS[2]),
    ):
        headers = {
            "content-type": FORM,
            "x-plivo-signature-v3": proof,
            "x-plivo-signature-v3-nonce": NONCE,
        }
        call = replace(
            made({"method": "POST", "body": urlencode(body)}),
            url=url,
            query=pairs(urlsplit(url).query),
            headers=headers,
        )
        theirs = validate_v3_signature("POST", url, NONCE, TOKEN, proof, dict(body))
        assert connect(Plivo, SETTINGS).genuine(call) is theirs


def redirected(sandbox: Sandbox, key: str) -> Any:
    """Their library, with the sandbox in the place of Plivo's host."""
    library = theirs_of(auth_id(key), key)
    send = library.session.send

    def here(request: Any, **given: Any) -> Any:
        request.url = request.url.replace("https://api.plivo.com", f"{sandbox.url}/plivo")
        return send(request, **given)

    library.session.send = here
    return library


def test_the_library_reads_what_the_sandbox_answers(sandbox: Sandbox) -> None:
    key = "pl_library_answers"
    library = redirected(sandbox, key)
    [sent] = library.messages.create(src=OWN, dst=PHONE, text=TEXT).message_uuid
    assert library.messages.get(sent).message_state in ("queued", "sent", "delivered")
    ids = [library.messages.create(src=OWN, dst=PHONE, text=f"{n}").message_uuid[0] for n in "12"]
    first = library.messages.list(limit=2, message_direction="outbound", to_number=PHONE)
    assert [each.message_uuid for each in first] == ids[::-1]
    assert first.meta.next
    assert [each.message_uuid for each in library.messages.list(limit=2, offset=2)] == [sent]
    assert [each.number for each in library.numbers.list()][:2] == [*NUMBERS]
    application = next(iter(library.applications))
    library.applications.update(application.app_id, message_url=ADDRESS)
    assert next(iter(library.applications)).message_url == ADDRESS
    [powerpack] = library.powerpacks.list(limit=20)
    assert library.messages.create(powerpack_uuid=powerpack.uuid, dst=PHONE, text=TEXT).message_uuid
    assert float(library.account.get().cash_credits) < 1000


def test_the_library_reads_the_refusals_of_the_sandbox(sandbox: Sandbox) -> None:
    library = redirected(sandbox, "pl_library_refusals")
    with pytest.raises(plivo.exceptions.ValidationError, match="not a valid source"):
        library.messages.create(src="+14155550199", dst=PHONE, text=TEXT)
    with pytest.raises(plivo.exceptions.ResourceNotFoundError, match="not found"):
        library.messages.get("nobody")
    library.session.auth = (auth_id("another"), "token")
    with pytest.raises(plivo.exceptions.AuthenticationError):
        library.account.get()
