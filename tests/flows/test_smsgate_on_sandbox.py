"""SMSGate sends, settles, and keeps phones and webhooks, over HTTP against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from proofs.rig.sandbox import Sandbox
from providers.smsgate import Smsgate
from tests.flows.on_sandbox import PHONE
from tests.flows.smsgate_accounts import DEVICE, SINCE, WAYS, asked, connected, fault, key_of, text


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Smsgate]:
    yield from connected(sandbox, "server")


@pytest.fixture
def phone(sandbox: Sandbox) -> Iterator[Smsgate]:
    yield from connected(sandbox, "phone")


@pytest.fixture(params=WAYS)
def smsgate(sandbox: Sandbox, request: Any) -> Iterator[Smsgate]:
    yield from connected(sandbox, request.param)


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
