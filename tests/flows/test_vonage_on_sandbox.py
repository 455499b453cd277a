"""Vonage against the sandbox: its methods over HTTP, and the whole service over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from integration.kernel.events import Receipt
from integration.kernel.outgoing import Outgoing
from integration.store import keys
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.stack import World
from providers.vonage import Vonage
from tests.flows.on_sandbox import PHONE, connected, fault, heard, key_of, numbers, text

PATH, SECRET = "/vonage", "sandbox_secret"
OWN = "447700900000"
LONG = "Your table is ready. " * 10


def account_of(key: str) -> dict[str, str]:
    return {"api_secret": SECRET, "sender_id": OWN, "signature_secret": f"sig_{key}"}


@pytest.fixture
def vonage(sandbox: Sandbox) -> Iterator[Vonage]:
    key = f"vn_methods_{next(numbers)}"
    yield from connected(Vonage, sandbox.url + PATH, key, **account_of(key))


def test_each_part_of_a_sent_text_has_signed_receipts_with_our_reference(
    sandbox: Sandbox, vonage: Vonage
) -> None:
    listener = Listener()
    try:
        sent = text(vonage, LONG, receipt_url=listener.url, reference="job_1")
        until(lambda: len(listener.all) == 4, "all receipts")
        calls = [heard(listener, each) for each in listener.all]
    finally:
        listener.close()
    assert [vonage.genuine(each) for each in calls] == [True] * 4
    found = [each for call in calls for each in vonage.read_webhook(call)]
    told = [each for each in found if isinstance(each, Receipt)]
    assert {each.reference for each in told} == {"job_1"}
    assert sorted(each.status for each in told) == ["delivered", "delivered", "sent", "sent"]
    assert sent.provider_id in {each.provider_id for each in told}
    assert sent.result == {"parts": 2, "network": "23410", "cost": "0.03330000 + 0.03330000"}
    [event] = sandbox.received(key_of(vonage), "send")
    assert (event["phone"], event["sender_id"]) == (PHONE[1:], OWN)


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        ({"sender_id": "A name that is too long"}, ProviderRejected, "15"),
        ({"phone": "+1"}, ProviderRejected, "3"),
    ],
)
def test_a_refusal_under_200_is_in_vonages_words(
    sandbox: Sandbox, vonage: Vonage, words: dict[str, str], error: Any, code: str
) -> None:
    given = {"phone": PHONE, **words}
    with pytest.raises(error) as caught:
        vonage.send_sms(Outgoing(message="Your table is ready", **given))
    assert caught.value.provider_code == code
    assert sandbox.received(key_of(vonage), "send") == []


def test_a_limit_is_waited_for_and_a_wrong_secret_is_refused(
    sandbox: Sandbox, vonage: Vonage
) -> None:
    for wrong in connected(Vonage, sandbox.url + PATH, key_of(vonage), api_secret="no"):
        with pytest.raises(ProviderRejected) as caught:
            wrong.probe()
        assert caught.value.upstream_status == 401
        with pytest.raises(ProviderRejected) as caught:
            text(wrong, sender_id=OWN)
        assert caught.value.provider_code == "4"
    sandbox.control("PUT", key_of(vonage), "settings", {"rate_limit": 1})
    text(vonage)
    with pytest.raises(ProviderUnavailable):
        text(vonage)
    assert len(sandbox.received(key_of(vonage), "send")) == 1


def test_an_account_tells_its_balance_and_the_numbers_that_text(vonage: Vonage) -> None:
    before = float(vonage.account().balance or 0)
    text(vonage)
    assert float(vonage.probe().balance or 0) == pytest.approx(before - 0.0333)
    assert [each.id for each in vonage.senders()] == [OWN]


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_connection_cut_around_the_effect_leaves_the_outcome_unknown(
    sandbox: Sandbox, vonage: Vonage, cut: str
) -> None:
    fault(sandbox, vonage, {"kind": f"cut_{cut}", "match": "POST /sms/json"})
    with pytest.raises(OutcomeUnknown):
        text(vonage)
    assert len(sandbox.received(key_of(vonage), "send")) == (1 if cut == "after" else 0)


class Connected:
    """A Vonage account of a workspace, whose webhooks come to us."""

    def __init__(self, world: World) -> None:
        self.world, self.key = world, f"vn_{world.name}"
        self.id = world.connect("vonage", self.key, PATH, **account_of(self.key))
        self.ingress = str(world.get(f"/v1/connections/{self.id}")["ingress_url"])
        self.control("PUT", "settings", {"callback_url": self.ingress})

    def control(self, method: str, what: str, given: Any = None) -> Any:
        return self.world.control(method, what, given, self.key)


def test_a_text_is_sent_and_delivered(world: World) -> None:
    account = Connected(world)
    job = world.settled(world.send(message=LONG).json()["id"], "delivered")
    [event] = world.sends(account.key)
    assert job["provider_id"] == event["ids"][0]
    assert job["id"] == event["client_ref"]


def test_a_lost_answer_is_never_repeated_and_is_settled_by_the_receipt(world: World) -> None:
    account = Connected(world)
    world.fault("cut_after", "POST /sms/json", account.key)
    job = world.settled(world.send().json()["id"], "delivered")
    [event] = world.sends(account.key)
    assert job["provider_id"] == event["id"]


@pytest.mark.parametrize("method", ["form", "json", "get"])
def test_a_signed_text_is_polled_once_in_each_form(world: World, method: str) -> None:
    account = Connected(world)
    given = {"phone": PHONE, "message": "a=b&c é 😀", "method": method, "webhook_times": 2}
    account.control("POST", "inbound", given)
    until(
        lambda: all(each["done"] for each in account.control("GET", "pushes")["pushes"]),
        "all pushes",
    )
    [found] = until(world.inbox, "the text")
    assert (found["phone"], found["message"], found["to"]) == (PHONE, "a=b&c é 😀", f"+{OWN}")


def test_a_long_text_that_comes_in_parts_is_one_message(world: World) -> None:
    account = Connected(world)
    account.control("POST", "inbound", {"phone": PHONE, "message": LONG, "webhook_times": 2})
    until(
        lambda: all(each["done"] for each in account.control("GET", "pushes")["pushes"]),
        "all pushes",
    )
    [found] = world.inbox()
    assert (found["message"], found["phone"]) == (LONG, PHONE)
    assert world.stack.db.zcard(keys.parts_due(world.name)) == 0


def test_a_forged_text_is_refused_and_a_call_without_parameters_is_answered(world: World) -> None:
    account = Connected(world)
    forged = {"msisdn": PHONE[1:], "to": OWN, "messageId": "1", "text": "Forged", "type": "text"}
    assert requests.post(account.ingress, data=forged, timeout=90).status_code == 401
    asked = requests.get(account.ingress, timeout=90)
    assert (asked.status_code, asked.content) == (200, b"")
    assert world.inbox() == []
