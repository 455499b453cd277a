"""The HTTP gateway against the sandbox's Kannel: its methods, and the whole service over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration.kernel.errors import OutcomeUnknown, ProviderRejected, ProviderUnavailable
from integration.kernel.events import InboundMessage, Receipt
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.stack import World
from providers.http_gateway import HttpGateway
from tests.flows.on_sandbox import PHONE, arrives, connected, fault, heard, key_of, numbers, text

PATH, SEND = "/http-gateway", "GET /cgi-bin/sendsms"
GET_URL = "?id=%I&from=%p&to=%P&text=%b&charset=%C&time=%t"
CYRILLIC = "Столик готов"


@pytest.fixture
def kannel(sandbox: Sandbox) -> Iterator[HttpGateway]:
    more = {"preset": "kannel", "username": "hookline"}
    yield from connected(HttpGateway, sandbox.url + PATH, f"hg_methods_{next(numbers)}", **more)


def test_texts_in_both_alphabets_are_sent_and_their_receipts_name_them(
    sandbox: Sandbox, kannel: HttpGateway
) -> None:
    words = [{"status": each} for each in ("accepted", "delivered")]
    sandbox.control("PUT", key_of(kannel), "settings", {"receipts": words})
    listener = Listener()
    try:
        sent = [
            text(kannel, each, reference=f"job_{number}", receipt_url=listener.url, sender_id="Us")
            for number, each in enumerate(("50 € & more", CYRILLIC))
        ]
        until(lambda: len(listener.all) == 4, "all receipts")
        calls = [heard(listener, each) for each in listener.all]
    finally:
        listener.close()
    told = [each for call in calls for each in kannel.read_webhook(call)]
    assert {(each.reference, each.status) for each in told if isinstance(each, Receipt)} == {
        (f"job_{number}", word) for number in (0, 1) for word in ("sent", "delivered")
    }
    assert [each.provider_id for each in sent] == ["job_0", "job_1"]
    found = sandbox.received(key_of(kannel), "send")
    shown = [(each["text"], each["coding"], each["phone"], each["sender_id"]) for each in found]
    assert shown == [("50 € & more", 0, PHONE, "Us"), (CYRILLIC, 2, PHONE, "Us")]


@pytest.mark.parametrize("coding", [0, 2])
def test_a_text_that_comes_in_is_read_in_the_charset_that_it_names(
    sandbox: Sandbox, kannel: HttpGateway, coding: int
) -> None:
    listener = Listener()
    try:
        url = listener.url + GET_URL
        sandbox.control("PUT", key_of(kannel), "settings", {"callback_url": url})
        arrives(sandbox, kannel, {"phone": PHONE, "message": f"{CYRILLIC} é &=%", "coding": coding})
        until(lambda: listener.all, "the webhook")
        [found] = kannel.read_webhook(heard(listener, listener.all[0]))
    finally:
        listener.close()
    assert isinstance(found, InboundMessage)
    assert (found.phone, found.to, found.message) == (PHONE, "13013", f"{CYRILLIC} é &=%")


def test_an_account_is_tested_without_a_text(sandbox: Sandbox, kannel: HttpGateway) -> None:
    assert kannel.probe().label == "HTTP Gateway (Kannel)"
    sandbox.control("PUT", key_of(kannel), "settings", {"revoked": True})
    with pytest.raises(ProviderRejected, match="Authorization failed for sendsms"):
        kannel.probe()
    assert sandbox.received(key_of(kannel), "send") == []


def test_what_kannel_puts_off_is_put_off(sandbox: Sandbox, kannel: HttpGateway) -> None:
    said = "Temporal failure, try again later."
    fault(sandbox, kannel, {"kind": "status", "code": 503, "body": said})
    with pytest.raises(ProviderUnavailable, match=said):
        text(kannel)
    assert text(kannel, reference="job_2").provider_id == "job_2"


def test_a_refusal_is_final_and_an_answer_that_breaks_off_leaves_it_open(
    sandbox: Sandbox, kannel: HttpGateway
) -> None:
    fault(sandbox, kannel, {"kind": "status", "code": 403, "body": "Not routable."})
    with pytest.raises(ProviderRejected, match="status 403: Not routable"):
        text(kannel)
    for kind in ("cut_before", "cut_after", "garbage"):
        fault(sandbox, kannel, {"kind": kind, "match": SEND})
        with pytest.raises(OutcomeUnknown):
            text(kannel)
    assert len(sandbox.received(key_of(kannel), "send")) == 1


class Connected:
    """An account of a workspace, with our address as its get-url."""

    def __init__(self, world: World) -> None:
        self.world, self.key = world, f"hg_{world.name}"
        more = {"preset": "kannel", "username": "hookline"}
        self.id = world.connect("http-gateway", self.key, PATH, **more)
        self.ingress = str(world.get(f"/v1/connections/{self.id}")["ingress_url"])
        self.control("PUT", "settings", {"callback_url": self.ingress + GET_URL})

    def control(self, method: str, what: str, given: Any = None) -> Any:
        return self.world.control(method, what, given, self.key)


def test_a_text_is_delivered(world: World) -> None:
    account = Connected(world)
    job = world.settled(world.send(message=CYRILLIC).json()["id"], "delivered")
    [event] = world.sends(account.key)
    assert (event["text"], event["coding"]) == (CYRILLIC, 2)
    assert job["provider_id"] == job["id"]


def test_a_lost_answer_ends_unknown_until_a_receipt_with_our_reference_comes(world: World) -> None:
    account = Connected(world)
    account.control("PUT", "settings", {"receipts": []})
    world.fault("cut_after", SEND, account.key)
    job = world.proved(world.send().json()["id"], "unknown")
    [_] = world.sends(account.key)
    account.control("POST", "status", {"status": "delivered"})
    assert world.settled(job["id"], "delivered")["provider_id"] == job["id"]
    [_] = world.sends(account.key)


def test_a_receipt_during_the_look_up_settles_a_lost_answer_too(world: World) -> None:
    account = Connected(world)
    account.control("PUT", "settings", {"receipts": [{"status": "delivered"}]})
    world.fault("cut_after", SEND, account.key)
    job = world.proved(world.send().json()["id"], "delivered")
    assert "unknown" in [each["outcome"] for each in job["attempts"]]
    [_] = world.sends(account.key)


def test_a_text_that_comes_in_twice_is_polled_once_and_answered_with_nothing(world: World) -> None:
    account = Connected(world)
    given = {"phone": PHONE, "message": "Yes, see you at 5", "to": "12345", "webhook_times": 2}
    account.control("POST", "inbound", [given, {"phone": "MyBank", "message": "Code 1234"}])
    until(
        lambda: all(each["done"] for each in account.control("GET", "pushes")["pushes"]),
        "all pushes",
    )
    found = {each["message"]: each for each in world.inbox()}
    assert {found[each]["phone"] for each in found} == {PHONE, "MyBank"}
    assert len(world.inbox()) == 2
    assert found["Yes, see you at 5"]["to"] == "12345"
    answer = requests.get(f"{account.ingress}?id=7&from=%2B14155550123&text=Hi", timeout=90)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
