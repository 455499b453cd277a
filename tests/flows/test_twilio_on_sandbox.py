"""Every method of Twilio once over HTTP against the sandbox, which knows nothing of our code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from integration.kernel.events import InboundMessage, Receipt
from integration.kernel.outgoing import Outgoing
from integration.kernel.webhooks import WebhookCall, pairs
from integration.outbound.provider_http import ProviderHttp
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from providers.twilio import MESSAGING, Twilio
from sandbox.twilio_state import NUMBER, UNNAMED, sid
from tests.flows.on_sandbox import PHONE, numbers, text

PICTURE = "https://example.com/a.png"


@pytest.fixture
def key() -> str:
    return f"tw_methods_{next(numbers)}"


@pytest.fixture
def twilio(sandbox: Sandbox, key: str) -> Iterator[Twilio]:
    yield from connected(sandbox, key, auth_token=key)


def connected(sandbox: Sandbox, key: str, **more: str) -> Iterator[Twilio]:
    settings = Twilio.settings().load({"account_sid": sid("AC", key), "sender_id": NUMBER, **more})
    hosts = {MESSAGING: f"{sandbox.url}/twilio/v1"}
    base_url = f"{sandbox.url}/twilio/2010-04-01"
    http = ProviderHttp(base_url, "Twilio", trusted=True, allow_private=False, hosts=hosts)
    provider = Twilio(settings, http)
    http.signs, http.judge = provider.signs, provider.judge
    yield provider
    http.close()


def called(listener: Listener, number: int) -> WebhookCall:
    """A webhook as our ingress hands it over."""
    found = listener.all[number]
    url = listener.base + found.path
    query = pairs(urlsplit(url).query)
    return WebhookCall(
        method="POST",
        url=url,
        query=query,
        headers=found.headers,
        body=found.body,
        at=datetime.now(UTC),
    )


def test_a_text_sent_through_twilio_is_found_in_its_list(
    sandbox: Sandbox, key: str, twilio: Twilio
) -> None:
    start = datetime.now(UTC)
    first = text(twilio, "Your table is ready")
    pool = sid("MG", f"{key}Reminders")
    second = text(twilio, "See you at 5", sender_id=pool)
    rows = twilio.history(device_fingerprint=None, phone=PHONE, since=start)
    assert [(row.provider_id, row.message) for row in rows] == [
        (second.provider_id, "See you at 5"),
        (first.provider_id, "Your table is ready"),
    ]
    assert {row.direction for row in rows} == {"outbound"}
    later = start + timedelta(minutes=5)
    assert twilio.history(device_fingerprint=None, phone=PHONE, since=later) == []
    assert [each["service"] for each in sandbox.received(key, "send")] == ["", pool]


def test_a_long_list_is_read_over_its_pages(sandbox: Sandbox, key: str, twilio: Twilio) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    at = [(start + timedelta(minutes=each)).isoformat() for each in range(250)]
    told = [{"phone": PHONE, "message": str(n), "received_at": at[n]} for n in range(250)]
    sandbox.control("POST", key, "inbound", told)
    rows = twilio.history(device_fingerprint=None, phone=PHONE, since=None)
    assert [row.message for row in rows] == [str(n) for n in reversed(range(250))]
    since = start + timedelta(minutes=120)
    rows = twilio.history(device_fingerprint=None, phone=PHONE, since=since)
    assert [row.message for row in rows] == [str(n) for n in reversed(range(120, 250))]


def test_what_came_in_is_read_page_by_page(sandbox: Sandbox, key: str, twilio: Twilio) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    at = [(start + timedelta(minutes=each)).isoformat() for each in range(250)]
    told = [
        {"phone": PHONE, "message": str(n), "received_at": at[n], "media": int(160 <= n < 175)}
        for n in range(250)
    ]
    sandbox.control("POST", key, "inbound", told)
    text(twilio)
    since = start + timedelta(minutes=150)
    page = twilio.received(cursor="", since=since)
    found = [*page.messages]
    while page.more:
        page = twilio.received(cursor=page.cursor, since=since)
        found += page.messages
    assert sorted(int(each.message) for each in found) == list(range(150, 250))
    assert [len(each.media) for each in found if each.media] == [1] * 15
    assert len({each.provider_id for each in found}) == 100


def test_an_api_key_serves_as_well_as_the_token(sandbox: Sandbox, key: str) -> None:
    more = {"api_key_sid": sid("SK", key), "api_key_secret": key}
    for provider in connected(sandbox, key, **more):
        assert text(provider).provider_id
        assert float(provider.account().balance or 0) < 1000


def test_an_account_shows_its_balance_and_what_can_send(key: str, twilio: Twilio) -> None:
    assert twilio.probe() == twilio.account()
    assert twilio.account().details == {"currency": "USD"}
    assert [(each.id, each.label) for each in twilio.senders()] == [
        (NUMBER, f"Front Desk ({NUMBER})"),
        (UNNAMED, UNNAMED),
        (sid("MG", f"{key}Reminders"), "Reminders"),
    ]


def test_its_webhooks_are_signed_and_read(
    sandbox: Sandbox, key: str, twilio: Twilio, listener: Listener
) -> None:
    sandbox.control("PUT", key, "settings", {"callback_url": f"{listener.url}#rc=3"})
    given = {"phone": PHONE, "message": "STOP 😀", "media": 2, "opt_out": "STOP"}
    made = sandbox.control("POST", key, "inbound", given)
    until(lambda: listener.all, "the webhook")
    call = called(listener, 0)
    [found] = twilio.read_webhook(call)
    assert isinstance(found, InboundMessage)
    assert (found.provider_id, found.phone, found.to) == (made["id"], PHONE, NUMBER)
    assert (found.message, found.opt_out, len(found.media)) == ("STOP 😀", "stop", 2)
    assert twilio.genuine(call) is True
    for other in connected(sandbox, key, auth_token=f"{key}x"):
        assert other.genuine(call) is False


def test_its_receipts_are_signed_and_name_our_reference(
    key: str, twilio: Twilio, listener: Listener
) -> None:
    sent = text(twilio, reference="job_1", receipt_url=listener.url)
    until(lambda: len(listener.all) == 2, "both receipts")
    calls = [called(listener, number) for number in range(2)]
    found = [each for call in calls for each in twilio.read_webhook(call)]
    receipts = [each for each in found if isinstance(each, Receipt)]
    assert [each.status for each in receipts] == ["sent", "delivered"]
    assert {each.provider_id for each in receipts} == {sent.provider_id}
    assert {each.reference for each in receipts} == {"job_1"}
    assert [twilio.genuine(call) for call in calls] == [True, True]


def test_an_address_is_set_for_each_number_and_taken_away(
    sandbox: Sandbox, key: str, twilio: Twilio, listener: Listener
) -> None:
    assert twilio.entries() == []
    wanted = twilio.wanted_entries(listener.url, "")
    assert len(wanted) == 2, "the two numbers that take texts; the service leaves calls to them"
    for each in wanted:
        twilio.add_entry(each)
    assert [(each.id, each.url) for each in twilio.entries()] == [
        (each.id, listener.url) for each in wanted
    ]
    sandbox.control("POST", key, "inbound", {"phone": PHONE, "message": "Hello", "to": UNNAMED})
    until(lambda: listener.all, "the webhook")
    twilio.remove_entry(replace(wanted[0], overwrites="https://crm.example/hook"))
    twilio.remove_entry(wanted[1])
    assert [each.url for each in twilio.entries()] == ["https://crm.example/hook"]


def test_a_picture_is_sent_with_words_and_without(
    sandbox: Sandbox, key: str, twilio: Twilio
) -> None:
    for words in ("Promo inside", ""):
        given = Outgoing(phone=PHONE, message=words, media_urls=(PICTURE, PICTURE))
        assert str(twilio.send_mms(given).provider_id).startswith("MM")
    assert [each["media"] for each in sandbox.received(key, "send")] == [[PICTURE] * 2] * 2


@pytest.mark.parametrize(
    ("phone", "more", "code"),
    [
        ("+15005550001", {}, "21211"),
        ("+15005550009", {}, "21614"),
        (PHONE, {"sender_id": "+14155550199"}, "21606"),
        (PHONE, {"sender_id": f"MG{0:032x}"}, "21705"),
    ],
)
def test_a_refusal_has_its_code(twilio: Twilio, phone: str, more: Any, code: str) -> None:
    with pytest.raises(ProviderRejected) as caught:
        twilio.send_sms(Outgoing(phone=phone, message="Hello", **more))
    assert (caught.value.provider_code, caught.value.opted_out) == (code, False)
    assert phone not in caught.value.message


def test_who_said_stop_is_not_texted_again(sandbox: Sandbox, key: str, twilio: Twilio) -> None:
    sandbox.control("POST", key, "inbound", {"phone": PHONE, "message": "Stop"})
    with pytest.raises(ProviderRejected, match="unsubscribed recipient") as caught:
        text(twilio)
    assert caught.value.opted_out
    sandbox.control("POST", key, "inbound", {"phone": PHONE, "message": "start"})
    assert text(twilio).provider_id


def test_a_wrong_token_and_another_account_are_refused(sandbox: Sandbox, key: str) -> None:
    other = sid("AC", "tw_of_somebody_else")
    for more in ({"auth_token": f"{key}x"}, {"auth_token": key, "account_sid": other}):
        for provider in connected(sandbox, key, **more):
            for ask in (provider.probe, lambda provider=provider: text(provider)):
                with pytest.raises(ProviderRejected) as caught:
                    ask()
                assert caught.value.upstream_status == 401


def test_too_many_calls_are_later_and_an_error_of_twilio_is_unknown(
    sandbox: Sandbox, key: str, twilio: Twilio
) -> None:
    sandbox.control("POST", key, "faults", {"kind": "status", "code": 429})
    with pytest.raises(ProviderUnavailable):
        text(twilio)
    for fault in ({"kind": "status", "code": 500}, {"kind": "cut_after"}):
        sandbox.control("POST", key, "faults", fault)
        with pytest.raises(OutcomeUnknown):
            text(twilio)
    rows = twilio.history(device_fingerprint=None, phone=PHONE, since=None)
    assert len(rows) == 1, "the one whose connection was cut after the effect"
