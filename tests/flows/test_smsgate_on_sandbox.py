"""Every method of SMSGate once over HTTP against the sandbox, as a server and as a phone."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from integration.kernel.events import InboundMessage, Receipt
from integration.kernel.outgoing import Outgoing
from integration.kernel.webhooks import WebhookCall
from integration.outbound.provider_http import ProviderHttp
from proofs.rig.receiver import Call, Listener
from proofs.rig.sandbox import Sandbox, until
from providers.smsgate import Smsgate
from tests.flows.on_sandbox import PHONE, numbers

DEVICE, SIGNING_KEY = "SandboxPhone000000001", "sandbox-signing-key"
WAYS = {"server": "/smsgate/3rdparty/v1", "phone": "/smsgate/local"}
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PICTURE = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


def connected(sandbox: Sandbox, way: str, key: str = "") -> Iterator[Smsgate]:
    name = key or f"sg_methods_{next(numbers)}"
    given = {"username": name, "password": name, "signing_key": f"another, {SIGNING_KEY}"}
    base_url = sandbox.url + WAYS[way]
    http = ProviderHttp(base_url, Smsgate.label, trusted=True, allow_private=False)
    provider = Smsgate(Smsgate.settings().load({**given, "base_url": base_url}), http)
    http.signs, http.judge = provider.signs, provider.judge
    yield provider
    http.close()


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Smsgate]:
    yield from connected(sandbox, "server")


@pytest.fixture
def phone(sandbox: Sandbox) -> Iterator[Smsgate]:
    yield from connected(sandbox, "phone")


@pytest.fixture(params=WAYS)
def smsgate(sandbox: Sandbox, request: Any) -> Iterator[Smsgate]:
    yield from connected(sandbox, request.param)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


def key_of(provider: Smsgate) -> str:
    return str(provider.options["username"])


def text(reference: str, **more: Any) -> Outgoing:
    given = {"message": "Your table is ready", "device_fingerprint": DEVICE, **more}
    return Outgoing(phone=PHONE, reference=reference, **given)


def asked(sandbox: Sandbox, provider: Smsgate, method: str, path: str, **more: Any) -> Any:
    """Call the API of the account as its owner would."""
    pair = key_of(provider), key_of(provider)
    return sandbox.web.request(method, sandbox.url + path, auth=pair, timeout=90, **more)


def fault(sandbox: Sandbox, provider: Smsgate, what: dict[str, Any]) -> None:
    sandbox.control("POST", key_of(provider), "faults", what)


def arrives(sandbox: Sandbox, provider: Smsgate, **message: Any) -> None:
    sandbox.control("POST", key_of(provider), "inbound", {"phone": PHONE, **message})


def came(call: Call) -> WebhookCall:
    """A push as our ingress would hand it on."""
    url = f"https://hook.example.com{call.path}"
    return WebhookCall(
        method="POST",
        url=url,
        query=(),
        headers=call.headers,
        body=call.body,
        at=datetime.now(UTC),
    )


def test_a_text_is_sent_once_under_our_reference(sandbox: Sandbox, smsgate: Smsgate) -> None:
    assert smsgate.find_sent(text("job_1"), SINCE) is None
    sent = smsgate.send_sms(text("job_1", sim_slot="SIM2"))
    assert sent.provider_id == "job_1"
    assert sent.result == {"device_fingerprint": DEVICE, "sim_slot": "SIM2"}
    assert smsgate.send_sms(text("job_1", sim_slot="SIM2")) == sent
    found = smsgate.find_sent(text("job_1"), SINCE)
    assert found
    assert found.sent.provider_id == "job_1"
    [event] = sandbox.received(key_of(smsgate), "send")
    assert (event["phone"], event["text"], event["sim_number"]) == (
        PHONE,
        "Your table is ready",
        2,
    )


@pytest.mark.parametrize("cut", ["before", "after", "during"])
def test_a_lost_answer_is_settled_by_reference_and_repeated_without_harm(
    sandbox: Sandbox, smsgate: Smsgate, cut: str
) -> None:
    fault(sandbox, smsgate, {"kind": f"cut_{cut}", "match": "POST /messages"})
    with pytest.raises(OutcomeUnknown):
        smsgate.send_sms(text("job_2"))
    found = smsgate.find_sent(text("job_2"), SINCE)
    assert (found is not None) == (cut != "before")
    assert smsgate.send_sms(text("job_2")).provider_id == "job_2"
    assert len(sandbox.received(key_of(smsgate), "send")) == 1


def test_of_two_phones_each_knows_its_own_ids(sandbox: Sandbox, server: Smsgate) -> None:
    made = asked(sandbox, server, "POST", "/smsgate/mobile/v1/device", json={"name": "Second"})
    second = made.json()["id"]
    assert [each.device_fingerprint for each in server.devices()] == [DEVICE, second]
    assert {each.status for each in server.devices()} == {"active"}
    assert server.probe().label == "SMSGate (2 phones)"
    server.send_sms(text("job_3", device_fingerprint=second))
    server.send_sms(text("job_3", device_fingerprint=second))
    [event] = sandbox.received(key_of(server), "send")
    assert event["device_fingerprint"] == second
    assert server.remove_device(second).note == "The device was removed."
    assert server.remove_device(second).note == "The device was already gone."
    with pytest.raises(ProviderRejected, match="failed to select device"):
        server.send_sms(text("job_4", device_fingerprint=second))


def test_a_phone_that_is_its_own_server_lists_itself_and_stays(phone: Smsgate) -> None:
    assert [each.device_fingerprint for each in phone.devices()] == [DEVICE]
    with pytest.raises(ProviderRejected, match="its own server"):
        phone.remove_device(DEVICE)


def test_refusals_are_in_the_words_of_the_server(sandbox: Sandbox, server: Smsgate) -> None:
    with pytest.raises(ProviderRejected, match="invalid"):
        server.send_sms(replace(text("job_5"), phone="+1"))
    full = {"message": "failed to enqueue message: queue limits exceeded: too old"}
    fault(sandbox, server, {"kind": "status", "code": 503, "body": full})
    with pytest.raises(ProviderUnavailable, match="queue limits exceeded"):
        server.send_sms(text("job_6"))
    for wrong in connected(sandbox, "server", "sg_no_such_account"):
        wrong.options = {**wrong.options, "password": "another"}
        with pytest.raises(ProviderRejected) as caught:
            wrong.probe()
        assert caught.value.upstream_status == 401
    assert sandbox.received(key_of(server), "send") == []


def test_receipts_come_signed_and_bear_our_reference(
    sandbox: Sandbox, smsgate: Smsgate, listener: Listener
) -> None:
    register(smsgate, listener.url)
    smsgate.send_sms(text("job_7"))
    until(lambda: len(listener.all) >= 2, "both receipts")
    sandbox.control(
        "POST", key_of(smsgate), "status", {"id": "job_7", "status": "Failed", "reason": "No SIM"}
    )
    until(lambda: len(listener.all) >= 3, "the third")
    calls = [came(each) for each in listener.all]
    assert [smsgate.genuine(each) for each in calls] == [True] * 3
    every = [found for each in calls for found in smsgate.read_webhook(each)]
    read = [each for each in every if isinstance(each, Receipt)]
    assert [(each.reference, each.status, each.reason) for each in read] == [
        ("job_7", "sent", None),
        ("job_7", "delivered", None),
        ("job_7", "failed", "No SIM"),
    ]
    found = smsgate.find_sent(text("job_7"), SINCE)
    assert found
    assert found.status == "failed"


def test_what_comes_in_is_pushed_signed_once_for_each_webhook(
    sandbox: Sandbox, smsgate: Smsgate, listener: Listener
) -> None:
    register(smsgate, listener.url)
    arrives(sandbox, smsgate, message="Yes, see you at 5 😀", sim_slot="SIM2", to="+14155550100")
    until(lambda: listener.all, "the webhook")
    call = came(listener.all[0])
    assert smsgate.genuine(call) is True
    [message] = messages(smsgate, call)
    assert (message.phone, message.message) == (PHONE, "Yes, see you at 5 😀")
    assert (message.sim_slot, message.to) == ("SIM2", "+14155550100")
    assert message.device_fingerprint == DEVICE
    arrives(sandbox, smsgate, message="Trip", media=[picture()])
    until(lambda: len(listener.all) >= 2, "the MMS")
    [mms] = messages(smsgate, came(listener.all[1]))
    [media] = mms.media
    assert (media.content_type, media.name, media.size) == ("image/jpeg", "a.jpg", len(PICTURE))
    if "local" in smsgate.options["base_url"]:
        pair = key_of(smsgate), key_of(smsgate)
        assert requests.get(media.url, auth=pair, timeout=90).content == PICTURE
    else:
        assert media.url == ""


def messages(provider: Smsgate, call: WebhookCall) -> list[InboundMessage]:
    return [each for each in provider.read_webhook(call) if isinstance(each, InboundMessage)]


def picture() -> dict[str, str]:
    data = base64.b64encode(PICTURE).decode()
    return {"contentType": "image/jpeg", "name": "a.jpg", "data": data}


def register(provider: Smsgate, url: str) -> None:
    for each in provider.wanted_entries(url, "unused"):
        assert provider.add_entry(each) == each


def test_webhooks_are_registered_one_an_event_and_taken_out_again(smsgate: Smsgate) -> None:
    theirs = replace(smsgate.wanted_entries("https://n8n.example.com/1", "")[0], id="theirs")
    smsgate.add_entry(theirs)
    ours = smsgate.wanted_entries("https://hook.example.com/ingress/smsgate/t", "")
    assert ours == smsgate.wanted_entries("https://hook.example.com/ingress/smsgate/t", "")
    assert max(len(each.id) for each in ours) <= 36
    for each in (*ours, ours[0]):
        assert smsgate.add_entry(each) == each
    assert smsgate.entries() == [theirs, *ours]
    for each in (*ours, ours[0]):
        smsgate.remove_entry(each)
    assert smsgate.entries() == [theirs]
    with pytest.raises(ProviderRejected, match="must start with https"):
        smsgate.add_entry(replace(theirs, url="http://hook.example.com"))


def test_the_list_of_a_phone_shows_what_its_webhooks_brought(
    sandbox: Sandbox, phone: Smsgate, listener: Listener
) -> None:
    register(phone, listener.url)
    arrives(sandbox, phone, message="One", received_at="2026-11-28T20:00:00.250Z")
    arrives(sandbox, phone, message="", sim_slot="SIM2", media=[picture()])
    until(lambda: len(listener.all) >= 2, "both webhooks")
    pushed = [found for each in listener.all for found in messages(phone, came(each))]
    page = phone.received(cursor="", since=SINCE)
    assert not page.more
    assert not page.unread
    # Their ids differ, as the app's do.
    unnamed = [replace(each, provider_id=None) for each in page.messages]
    assert unnamed == [replace(each, provider_id=None) for each in pushed]
    assert len({each.provider_id for each in (*page.messages, *pushed)}) == 4
    later = pushed[1].received_at
    assert [each.message for each in phone.received(cursor="", since=later).messages] == [""]


def test_a_long_list_is_read_page_by_page(sandbox: Sandbox, phone: Smsgate) -> None:
    at = [f"2026-11-28T20:{each // 60:02}:{each % 60:02}Z" for each in range(505)]
    told = [{"phone": PHONE, "message": str(n), "received_at": at[n]} for n in range(505)]
    sandbox.control("POST", key_of(phone), "inbound", told)
    first = phone.received(cursor="", since=SINCE)
    assert (first.more, first.messages[-1].message, len(first.messages)) == (True, "504", 500)
    last = phone.received(cursor=first.cursor, since=SINCE)
    assert (last.more, [each.message for each in last.messages]) == (False, list("01234"))
    assert {each.device_fingerprint for each in (*first.messages, *last.messages)} == {DEVICE}


def test_a_server_has_no_list(server: Smsgate) -> None:
    page = server.received(cursor="", since=SINCE)
    assert (page.messages, page.more) == ((), False)
