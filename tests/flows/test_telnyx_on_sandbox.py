"""Telnyx against the sandbox: its methods over HTTP, and the whole service over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from integration.kernel.errors import OutcomeUnknown, ProviderRejected
from integration.kernel.events import Receipt
from integration.kernel.outgoing import Outgoing
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.stack import World
from providers.telnyx import Telnyx
from tests.flows.on_sandbox import PHONE, connected, fault, heard, key_of, numbers, text

PATH = "/telnyx/v2"
OWN, OTHER = "+14155550100", "+14155550101"
PICTURE = "https://example.com/a.jpg"


def public_key(sandbox: Sandbox, key: str) -> str:
    return str(sandbox.control("GET", key, "state")["public_key"])


@pytest.fixture
def telnyx(sandbox: Sandbox) -> Iterator[Telnyx]:
    key = f"tx_methods_{next(numbers)}"
    more = {"sender_id": OWN, "public_key": public_key(sandbox, key)}
    yield from connected(Telnyx, sandbox.url + PATH, key, **more)


def test_a_sent_text_and_picture_have_signed_receipts(sandbox: Sandbox, telnyx: Telnyx) -> None:
    listener = Listener()
    try:
        sent = text(telnyx, receipt_url=listener.url, reference="job_1")
        picture = Outgoing(phone=PHONE, media_urls=(PICTURE,), receipt_url=listener.url)
        shown = telnyx.send_mms(picture)
        until(lambda: len(listener.all) == 4, "all receipts")
        calls = [heard(listener, each) for each in listener.all]
    finally:
        listener.close()
    assert [telnyx.genuine(each) for each in calls] == [True] * 4
    found = [each for call in calls for each in telnyx.read_webhook(call)]
    told = {(each.provider_id, each.status) for each in found if isinstance(each, Receipt)}
    ids = (sent.provider_id, shown.provider_id)
    assert told == {(each, word) for each in ids for word in ("sent", "delivered")}
    events = sandbox.received(key_of(telnyx), "send")
    assert [(each["channel"], each["sender_id"]) for each in events] == [("sms", OWN), ("mms", OWN)]
    assert sent.result == {"parts": 1, "sender_id": OWN, "cost": "0.004 USD"}


def test_a_repeat_under_one_reference_sends_once_and_another_text_is_refused(
    sandbox: Sandbox, telnyx: Telnyx
) -> None:
    fault(sandbox, telnyx, {"kind": "cut_after", "match": "POST /messages"})
    with pytest.raises(OutcomeUnknown):
        text(telnyx, reference="job_2")
    again = text(telnyx, reference="job_2")
    [event] = sandbox.received(key_of(telnyx), "send")
    assert event["id"] == again.provider_id
    with pytest.raises(ProviderRejected, match="Idempotency-Key"):
        text(telnyx, "Another text", reference="job_2")
    assert len(sandbox.received(key_of(telnyx), "send")) == 1


def test_who_wrote_stop_gets_nothing_until_start(sandbox: Sandbox, telnyx: Telnyx) -> None:
    sandbox.control("POST", key_of(telnyx), "inbound", {"phone": PHONE, "message": " Stop all"})
    with pytest.raises(ProviderRejected, match="existing block rule") as caught:
        text(telnyx)
    assert (caught.value.opted_out, caught.value.provider_code) == (True, "40300")
    assert PHONE not in caught.value.message
    assert text(telnyx, sender_id=OTHER).provider_id, "the other profile is not blocked"
    sandbox.control("POST", key_of(telnyx), "inbound", {"phone": PHONE, "message": "START"})
    assert text(telnyx).provider_id


def test_the_senders_are_numbers_and_pools_and_each_of_them_sends(
    sandbox: Sandbox, telnyx: Telnyx
) -> None:
    found = telnyx.senders()
    assert [each.label for each in found] == [OWN, OTHER, "Campaigns (number pool)"]
    for each in found:
        assert text(telnyx, sender_id=each.id).result["sender_id"] in (OWN, OTHER)
    profiles = sandbox.control("GET", key_of(telnyx), "state")["profiles"]
    more = {"messaging_profile_id": profiles[0]["id"]}
    for chosen in connected(Telnyx, sandbox.url + PATH, key_of(telnyx), **more):
        assert [each.label for each in chosen.senders()][:2] == [OWN, "Hookline"]
        assert text(chosen, sender_id="Hookline").result["sender_id"] == "Hookline"


def test_an_account_tells_its_balance(telnyx: Telnyx) -> None:
    before = telnyx.account()
    assert before.label == "Telnyx (USD account)"
    for _ in range(5):
        text(telnyx)
    assert float(telnyx.probe().balance or 0) == pytest.approx(float(before.balance or 0) - 0.02)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_final(sandbox: Sandbox, telnyx: Telnyx, status: int) -> None:
    fault(sandbox, telnyx, {"kind": "status", "code": status})
    with pytest.raises(ProviderRejected) as caught:
        text(telnyx)
    assert caught.value.upstream_status == status
    assert sandbox.received(key_of(telnyx), "send") == []


def test_an_address_is_set_for_each_profile_and_taken_away(
    sandbox: Sandbox, telnyx: Telnyx
) -> None:
    listener = Listener()
    try:
        wanted = telnyx.wanted_entries(listener.url, "")
        assert [each.overwrites for each in wanted] == ["", ""]
        made = [telnyx.add_entry(each) for each in wanted]
        assert [(each.id, each.url) for each in telnyx.entries()] == [
            (each.id, listener.url) for each in made
        ]
        sandbox.control("POST", key_of(telnyx), "inbound", {"phone": PHONE, "message": "Hello"})
        until(lambda: listener.all, "the webhook")
        assert telnyx.genuine(heard(listener, listener.all[0])) is True
    finally:
        listener.close()
    telnyx.remove_entry(replace(made[0], overwrites="1 https://crm.example/hook"))
    telnyx.remove_entry(made[1])
    [left] = telnyx.entries()
    assert (left.url, left.events) == (
        "https://crm.example/hook",
        frozenset({"messages in version 1"}),
    )


class Connected:
    """A Telnyx account of a workspace, with the number `OWN`."""

    def __init__(self, world: World) -> None:
        self.world, self.key = world, f"tx_{world.name}"
        more = {"sender_id": OWN, "public_key": public_key(world.stack.sandbox, self.key)}
        self.id = world.connect("telnyx", self.key, PATH, **more)

    @property
    def ingress(self) -> str:
        return str(self.world.get(f"/v1/connections/{self.id}")["ingress_url"])

    def control(self, method: str, what: str, given: Any = None) -> Any:
        return self.world.control(method, what, given, self.key)

    def addresses(self) -> list[str]:
        profiles = self.control("GET", "state")["profiles"]
        return [each["webhook_url"] for each in profiles if each["webhook_url"]]


def test_a_text_is_sent_once_though_its_answer_was_lost_and_is_then_delivered(
    world: World,
) -> None:
    account = Connected(world)
    world.fault("cut_after", "POST /messages", account.key)
    job = world.settled(world.send().json()["id"], "delivered")
    [event] = world.sends(account.key)
    assert job["provider_id"] == event["id"]
    assert {each["status"] for each in job["receipts"]} <= {"sent", "delivered"}
    assert [each["outcome"] for each in job["attempts"]] == ["unknown", "not-sent", "sent"]


def test_a_text_and_a_picture_are_polled_once_and_a_forged_one_never(world: World) -> None:
    account = Connected(world)
    assert world.inbox() == []
    until(lambda: account.addresses() == [account.ingress] * 2, "our address at both profiles")
    media = [{"url": PICTURE, "content_type": "image/jpeg", "size": 1200}]
    given = [
        {"phone": PHONE, "message": "Yes, see you at 5", "webhook_times": 2},
        {"phone": PHONE, "media": media},
        {"phone": PHONE, "message": "STOP"},
    ]
    account.control("POST", "inbound", given)
    body = {"data": {"event_type": "message.received", "payload": {"text": "Forged"}}}
    assert requests.post(account.ingress, json=body, timeout=90).status_code == 401
    until(lambda: len(world.inbox()) == 3, "the texts")
    until(
        lambda: all(each["done"] for each in account.control("GET", "pushes")["pushes"]),
        "all pushes",
    )
    found = {each["message"]: each for each in world.inbox()}
    assert set(found) == {"Yes, see you at 5", "", "STOP"}
    assert {each["to"] for each in found.values()} == {OWN}
    assert found["STOP"]["opt_out"] == "stop"
    assert found[""]["media"][0]["content_type"] == "image/jpeg"
