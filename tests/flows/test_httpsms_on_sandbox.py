"""httpSMS against the sandbox: sending, receipts, phones and registration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integration.kernel.errors import OutcomeUnknown, ProviderRejected
from integration.kernel.events import Receipt
from integration.kernel.outgoing import Outgoing
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from providers.httpsms import Httpsms
from tests.flows.httpsms_accounts import (
    OWN,
    PATH,
    PICTURE,
    REFERENCE,
    SECOND,
    SECRET,
    SEND,
    asked,
    registered,
)
from tests.flows.on_sandbox import PHONE, connected, fault, heard, key_of, numbers, text


@pytest.fixture
def httpsms(sandbox: Sandbox) -> Iterator[Httpsms]:
    for provider in connected(Httpsms, sandbox.url + PATH, f"hs_methods_{next(numbers)}"):
        provider.webhook_secrets = [SECRET]
        yield provider


def test_a_text_has_signed_receipts_that_bear_our_reference(
    sandbox: Sandbox, httpsms: Httpsms, listener: Listener
) -> None:
    registered(httpsms, listener)
    sent = text(httpsms, device_fingerprint=OWN, sim_slot="SIM1", reference=REFERENCE)
    [event] = sandbox.received(key_of(httpsms), "send")
    assert (event["id"], event["device_fingerprint"]) == (sent.provider_id, OWN)
    until(lambda: len(listener.all) == 2, "both receipts")
    given = {"id": event["id"], "status": "expired"}
    sandbox.control("POST", key_of(httpsms), "status", given)
    sandbox.control("POST", key_of(httpsms), "status", {**given, "final": True})
    given = {"id": event["id"], "status": "failed", "reason": "GENERIC_FAILURE"}
    sandbox.control("POST", key_of(httpsms), "status", given)
    until(lambda: len(listener.all) == 5, "all receipts")
    calls = [heard(listener, each) for each in listener.all]
    assert [httpsms.genuine(each) for each in calls] == [True] * 5
    found = [each for call in calls for each in httpsms.read_webhook(call)]
    receipts = [each for each in found if isinstance(each, Receipt)]
    assert {each.provider_id for each in receipts} == {sent.provider_id}
    assert {each.reference for each in receipts} == {REFERENCE}
    told = [(each.raw, each.status, each.reason) for each in receipts]
    assert told == [
        ("sent", "sent", None),
        ("delivered", "delivered", None),
        ("expired", "unknown", None),
        ("expired", "failed", None),
        ("failed", "failed", "GENERIC_FAILURE"),
    ]


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
def test_a_lost_answer_is_settled_by_our_reference(
    sandbox: Sandbox, httpsms: Httpsms, kind: str
) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    text(httpsms, device_fingerprint=OWN, reference="job_the_same_words")
    fault(sandbox, httpsms, {"kind": kind, "match": SEND})
    with pytest.raises(OutcomeUnknown):
        text(httpsms, device_fingerprint=OWN, reference=REFERENCE)
    events = sandbox.received(key_of(httpsms), "send")
    ids = {each["request_id"]: each["id"] for each in events}
    wanted = ids.get(REFERENCE)
    for device in (OWN, None):
        lost = Outgoing(phone=PHONE, device_fingerprint=device, reference=REFERENCE)
        trace = httpsms.find_sent(lost, since)
        assert (trace.sent.provider_id if trace else None) == wanted
    assert (wanted is not None) is (kind == "cut_after")


def test_the_words_of_refusals(sandbox: Sandbox, httpsms: Httpsms) -> None:
    with pytest.raises(ProviderRejected, match="no phone found with"):
        text(httpsms, device_fingerprint=SECOND)
    with pytest.raises(ProviderRejected, match="content field is required"):
        text(httpsms, "", device_fingerprint=OWN)
    with pytest.raises(ProviderRejected, match="sends from SIM1; nothing was sent"):
        text(httpsms, device_fingerprint=OWN, sim_slot="SIM2")
    with pytest.raises(ProviderRejected, match=r"valid E\.164 phone number"):
        text(httpsms, device_fingerprint=OWN, sender_id="MyShop")
    used_up = {"status": "error", "message": "You have exceeded your limit of [200] messages"}
    fault(sandbox, httpsms, {"kind": "status", "code": 402, "body": used_up, "match": SEND})
    with pytest.raises(ProviderRejected, match="exceeded your limit"):
        text(httpsms, device_fingerprint=OWN)
    assert sandbox.received(key_of(httpsms), "send") == []


def test_a_phone_and_a_webhook_are_removed_once(
    sandbox: Sandbox, httpsms: Httpsms, listener: Listener
) -> None:
    registered(httpsms, listener)
    [entry] = httpsms.entries()
    asked(sandbox, key_of(httpsms), "PUT", "/phones", json={"phone_number": SECOND, "sim": "SIM2"})
    [wanted] = httpsms.wanted_entries(f"{listener.url}/2", SECRET)
    assert wanted.events - entry.events == {SECOND}
    moved = httpsms.change_entry(entry, wanted)
    assert httpsms.entries() == [moved] == [replace(wanted, id=entry.id)]
    for _ in range(2):
        httpsms.remove_entry(moved)
        assert httpsms.entries() == []
    found = httpsms.devices()
    assert [(each.device_fingerprint, each.status) for each in found] == [
        (OWN, "active"),
        (SECOND, "unknown"),
    ]
    for note in ("The device was removed.", "The device was already gone."):
        assert httpsms.remove_device(SECOND).note == note
    assert httpsms.probe().label == "httpSMS (1 phone)"
    assert httpsms.account().details == {"sent_messages": 0, "received_messages": 0}


def test_pictures_go_out_as_attachments(sandbox: Sandbox, httpsms: Httpsms) -> None:
    given = Outgoing(
        phone=PHONE, message="Our menu", media_urls=[PICTURE], device_fingerprint=OWN, reference="r"
    )
    sent = httpsms.send_mms(given)
    [event] = sandbox.received(key_of(httpsms), "send")
    assert (event["id"], event["attachments"]) == (sent.provider_id, [PICTURE])
