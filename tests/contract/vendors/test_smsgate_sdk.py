"""The vendor's client library judges SMSGate: it sends what we send, and reads the sandbox."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
import responses
from android_sms_gateway import APIClient, domain, http, webhooks
from android_sms_gateway.enums import ProcessState, WebhookEvent

from integration.kernel.outgoing import Outgoing
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from providers.smsgate import Smsgate
from tests.contract.recordings import connect

USER, PASSWORD = "QWE3HQ", "b9k2-x7mq-pw41"
DEVICE, REFERENCE = "PyDmBQZZXYmyxMwED8Fzy", "job_4dkq7m2vxa5tzr3w9c8e"
PHONE, TEXT = "+14155550123", "Your table is ready 😀"
TEXT_OF_OURS = Outgoing(
    phone=PHONE, message=TEXT, device_fingerprint=DEVICE, sim_slot="SIM2", reference=REFERENCE
)
TEXT_OF_THEIRS = domain.Message(
    phone_numbers=[PHONE],
    text_message=domain.TextMessage(TEXT),
    sim_number=2,
    id=REFERENCE,
    device_id=DEVICE,
)
USUAL = {"isEncrypted": False, "priority": 0}
"""What the library adds to each message; both are the documented defaults."""
STATE = {
    "id": REFERENCE,
    "deviceId": DEVICE,
    "state": "Pending",
    "recipients": [{"phoneNumber": PHONE, "state": "Pending"}],
}
SINCE = datetime(2026, 11, 28, 19, 0, 0, tzinfo=UTC)
FILTER = domain.InboxQueryFilter(from_=SINCE, include_attachments=True)
PAGE = domain.QueryPagination(limit=500, offset=500)
ENTRY = connect(Smsgate, {"username": USER, "password": PASSWORD}).wanted_entries(
    "https://hook.example.com/ingress/smsgate/conn_x-abc", ""
)[0]
WEBHOOK = domain.Webhook(id=ENTRY.id, url=ENTRY.url, event=WebhookEvent.SMS_RECEIVED)
Ours = Callable[[Smsgate], Any]
Theirs = Callable[[APIClient], Any]


@pytest.mark.parametrize(
    ("ours", "theirs", "answer"),
    [
        (lambda p: p.send_sms(TEXT_OF_OURS), lambda c: c.send(TEXT_OF_THEIRS), STATE),
        (
            lambda p: p.find_sent(TEXT_OF_OURS, datetime.now(UTC)),
            lambda c: c.get_state(REFERENCE),
            STATE,
        ),
        (lambda p: p.devices(), lambda c: c.list_devices(), []),
        (lambda p: p.remove_device(DEVICE), lambda c: c.remove_device(DEVICE), None),
        (lambda p: p.entries(), lambda c: c.get_webhooks(), []),
        (lambda p: p.add_entry(ENTRY), lambda c: c.create_webhook(WEBHOOK), WEBHOOK.asdict()),
        (lambda p: p.remove_entry(ENTRY), lambda c: c.delete_webhook(ENTRY.id), None),
        (
            lambda p: p.received(cursor=f"500 {DEVICE}", since=SINCE),
            lambda c: c.list_inbox_messages(inbox_filter=FILTER, pagination=PAGE),
            [],
        ),
    ],
    ids=["send", "state", "devices", "remove", "hooks", "add hook", "remove hook", "inbox"],
)
def test_the_library_sends_what_we_send(ours: Ours, theirs: Theirs, answer: Any) -> None:
    provider = connect(Smsgate, {"username": USER, "password": PASSWORD})
    wanted = caught(lambda: asked(theirs), answer)
    assert wanted["url"].startswith("https://api.sms-gate.app/3rdparty/v1/")
    assert caught(lambda: ours(provider), answer) == wanted


def asked(theirs: Theirs) -> None:
    with APIClient(USER, PASSWORD) as client:
        theirs(client)


def caught(step: Callable[[], Any], answer: Any) -> dict[str, Any]:
    """The one request of a step, as the server takes it."""
    status = 204 if answer is None else 200
    body = b"" if answer is None else json.dumps(answer).encode()
    with responses.RequestsMock() as mock:
        for method in ("GET", "POST", "DELETE"):
            mock.add(method, re.compile(".*"), body=body, status=status)
        mock.assert_all_requests_are_fired = False
        step()
        [call] = mock.calls
    sent = json.loads(call.request.body) if call.request.body else None
    address, _, query = str(call.request.url).partition("?")
    return {
        "method": call.request.method,
        "url": address,
        "query": {name: plain(value) for name, value in parse_qsl(query)},
        "authorization": call.request.headers["Authorization"],
        "type": call.request.headers["Content-Type"] if sent else None,
        "body": {**USUAL, **sent} if sent and "phoneNumbers" in sent else sent,
    }


def plain(value: str) -> Any:
    """A time as such, since `Z` and `+00:00` say the same. The library writes `True`, which the
    code of the phone refuses; the documented word is `true`."""
    if value == "True":
        return "true"
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value


def client(sandbox: Sandbox, key: str, way: str = "3rdparty/v1") -> APIClient:
    return APIClient(
        key, key, base_url=f"{sandbox.url}/smsgate/{way}", http=http.RequestsHttpClient(sandbox.web)
    )


def test_the_library_reads_the_answers_of_the_sandbox(sandbox: Sandbox) -> None:
    library = client(sandbox, "sg_library_answers")
    [device] = library.list_devices()
    assert device.last_seen
    message = domain.Message(
        phone_numbers=[PHONE],
        text_message=domain.TextMessage(TEXT),
        id=REFERENCE,
        device_id=device.id,
    )
    assert library.send(message).state is ProcessState.Pending
    with pytest.raises(Exception, match="409"):
        library.send(message)
    state = library.get_state(REFERENCE)
    assert (state.id, state.device_id) == (REFERENCE, device.id)
    with pytest.raises(Exception, match="501"):
        library.list_inbox_messages()
    hook = library.create_webhook(
        domain.Webhook(id="ours", url="https://example.com/hook", event=WebhookEvent.SMS_RECEIVED)
    )
    assert library.get_webhooks() == [hook]
    library.delete_webhook("ours")
    assert library.get_webhooks() == []
    library.remove_device(device.id)
    assert library.list_devices() == []


def test_the_library_reads_the_webhooks_and_the_inbox_of_the_sandbox(sandbox: Sandbox) -> None:
    key, listener = "sg_library_webhooks", Listener()
    library = client(sandbox, key, "local")
    try:
        for event in (WebhookEvent.SMS_RECEIVED, WebhookEvent.MMS_DOWNLOADED):
            library.create_webhook(domain.Webhook(id=event.value, url=listener.url, event=event))
        picture = {"contentType": "image/gif", "data": base64.b64encode(b"GIF89a").decode()}
        for more in ({}, {"media": [picture]}):
            given = {"phone": PHONE, "message": TEXT, **more}
            sandbox.control("POST", key, "inbound", given)
        until(lambda: len(listener.bodies) >= 2, "both webhooks")
        payloads = {each["event"]: each["payload"] for each in listener.bodies}
    finally:
        listener.close()
    sms = webhooks.SmsReceivedPayload.from_dict(payloads["sms:received"])
    mms = webhooks.MmsDownloadedPayload.from_dict(payloads["mms:downloaded"])
    assert (sms.sender, sms.message, mms.body) == (PHONE, TEXT, TEXT)
    newest, oldest = library.list_inbox_messages()
    assert (oldest.content_preview, oldest.created_at) == (TEXT, sms.received_at)
    [part] = mms.attachments
    assert library.download_attachment(newest.id, part.part_id) == b"GIF89a"
