"""What comes in by SMSGate, and its receipts: by signed webhooks and by the list of a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from integration.kernel.events import InboundMessage, Receipt
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from providers.smsgate import Smsgate
from tests.flows.on_sandbox import PHONE
from tests.flows.smsgate_accounts import (
    DEVICE,
    PICTURE,
    SINCE,
    WAYS,
    arrives,
    came,
    connected,
    key_of,
    messages,
    picture,
    register,
    text,
)


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Smsgate]:
    yield from connected(sandbox, "server")


@pytest.fixture
def phone(sandbox: Sandbox) -> Iterator[Smsgate]:
    yield from connected(sandbox, "phone")


@pytest.fixture(params=WAYS)
def smsgate(sandbox: Sandbox, request: Any) -> Iterator[Smsgate]:
    yield from connected(sandbox, request.param)


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


def bare(message: InboundMessage) -> InboundMessage:
    """Without its id, which differs as the app's ids do, and the bytes, which a webhook brings."""
    media = [replace(each, data=None) for each in message.media]
    return replace(message, provider_id=None, media=media)


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
    assert [bare(each) for each in page.messages] == [bare(each) for each in pushed]
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
