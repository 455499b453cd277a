"""Plivo against the sandbox: its methods over HTTP, and the whole service over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from integration.kernel.errors import OutcomeUnknown, ProviderRejected
from integration.kernel.events import Receipt
from integration.kernel.outgoing import Outgoing
from integration.outbound.provider_http import ProviderHttp
from integration.store import keys
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.stack import World
from providers.plivo import Plivo
from sandbox.plivo_state import auth_id
from tests.flows.on_sandbox import PHONE, heard, numbers, text
from tests.flows.pictured import drawn, is_kept

PATH = "/plivo/v1"
OWN, OTHER = "+14155550100", "+14155550101"
PICTURE = "https://example.com/a.jpg"
SEND = "POST /Message/"


@pytest.fixture
def plivo(sandbox: Sandbox) -> Iterator[Plivo]:
    key = f"pl_methods_{next(numbers)}"
    base_url = sandbox.url + PATH
    given = {"auth_id": auth_id(key), "auth_token": key, "sender_id": OWN, "base_url": base_url}
    http = ProviderHttp(base_url, "Plivo", trusted=True, allow_private=False)
    provider = Plivo(Plivo.settings().load(given), http)
    http.signs, http.judge = provider.signs, provider.judge
    yield provider
    http.close()


def control(sandbox: Sandbox, plivo: Plivo, what: str, given: Any) -> Any:
    return sandbox.control("POST", key_of(plivo), what, given)


def key_of(plivo: Plivo) -> str:
    return str(plivo.options["auth_token"])


def sent_since(plivo: Plivo, seconds: float = 60) -> list[Any]:
    since = datetime.now(UTC) - timedelta(seconds=seconds)
    return plivo.history(device_fingerprint=None, phone=PHONE, since=since)


def test_a_sent_text_and_picture_have_signed_receipts(sandbox: Sandbox, plivo: Plivo) -> None:
    listener = Listener()
    try:
        sent = text(plivo, receipt_url=listener.url, reference="job_1")
        shown = plivo.send_mms(
            Outgoing(phone=PHONE, media_urls=(PICTURE,), receipt_url=listener.url)
        )
        until(lambda: len(listener.all) == 4, "all receipts")
        calls = [heard(listener, each) for each in listener.all]
    finally:
        listener.close()
    assert [plivo.genuine(each) for each in calls] == [True] * 4
    found = [each for call in calls for each in plivo.read_webhook(call)]
    told = {
        (each.provider_id, each.status, each.reference)
        for each in found
        if isinstance(each, Receipt)
    }
    ids = {sent.provider_id: "job_1", shown.provider_id: ""}
    assert told == {(each, word, ids[each]) for each in ids for word in ("sent", "delivered")}
    events = sandbox.received(key_of(plivo), "send")
    assert [(each["channel"], each["sender_id"]) for each in events] == [("sms", OWN), ("mms", OWN)]


def test_the_list_has_a_text_whose_answer_was_lost_and_its_id_tells_its_status(
    sandbox: Sandbox, plivo: Plivo
) -> None:
    assert sent_since(plivo) == []
    control(sandbox, plivo, "faults", {"kind": "cut_after", "match": SEND})
    with pytest.raises(OutcomeUnknown):
        text(plivo)
    [event] = sandbox.received(key_of(plivo), "send")
    [row] = sent_since(plivo)
    assert (row.provider_id, row.phone, row.message) == (event["id"], PHONE, "")
    given = {"id": event["id"], "status": "undelivered", "code": "30"}
    control(sandbox, plivo, "status", given)
    assert plivo.status_of(event["id"]).status == "failed"
    assert sent_since(plivo)[0].status == "failed"


def test_a_long_list_is_read_to_its_end(plivo: Plivo) -> None:
    ids = [text(plivo, f"Text {n}").provider_id for n in range(23)]
    assert [each.provider_id for each in sent_since(plivo)] == ids[::-1]


def test_who_wrote_stop_gets_nothing_until_start(sandbox: Sandbox, plivo: Plivo) -> None:
    control(sandbox, plivo, "inbound", {"phone": PHONE, "message": " Stop "})
    told = plivo.status_of(text(plivo).provider_id)
    assert (told.status, told.opt_out_code) == ("failed", "200")
    assert plivo.status_of(text(plivo, sender_id=OTHER).provider_id).opt_out_code == ""
    control(sandbox, plivo, "inbound", {"phone": PHONE, "message": "START"})
    assert plivo.status_of(text(plivo).provider_id).opt_out_code == ""


def test_the_senders_are_numbers_and_powerpacks_and_each_of_them_sends(plivo: Plivo) -> None:
    found = plivo.senders()
    labels = [f"Front Desk ({OWN})", OTHER, "Reminders (Powerpack)"]
    assert [each.label for each in found] == labels
    assert [plivo.is_pool(each.id) for each in found] == [False, False, True]
    for each in found:
        assert text(plivo, sender_id=each.id).provider_id
    with pytest.raises(ProviderRejected, match="not a valid source number"):
        text(plivo, sender_id="+14155550102")


def test_an_account_tells_its_credit(plivo: Plivo) -> None:
    before = float(plivo.account().balance or 0)
    text(plivo)
    assert float(plivo.probe().balance or 0) == pytest.approx(before - 0.005)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_final(sandbox: Sandbox, plivo: Plivo, status: int) -> None:
    control(sandbox, plivo, "faults", {"kind": "status", "code": status})
    with pytest.raises(ProviderRejected) as caught:
        text(plivo)
    assert caught.value.upstream_status == status
    assert sandbox.received(key_of(plivo), "send") == []


def test_an_address_is_set_for_each_application_and_taken_away(
    sandbox: Sandbox, plivo: Plivo
) -> None:
    listener = Listener()
    try:
        wanted = plivo.wanted_entries(listener.url, "")
        assert [each.overwrites for each in wanted] == ["", ""], "that for calls is left alone"
        made = [plivo.add_entry(each) for each in wanted]
        assert [(each.id, each.url) for each in plivo.entries()] == [
            (each.id, listener.url) for each in made
        ]
        control(sandbox, plivo, "inbound", {"phone": PHONE, "message": "Hello"})
        until(lambda: listener.all, "the webhook")
        assert plivo.genuine(heard(listener, listener.all[0])) is True
    finally:
        listener.close()
    plivo.remove_entry(replace(made[0], overwrites="GET https://crm.example/hook"))
    plivo.remove_entry(made[1])
    [left] = plivo.entries()
    assert (left.url, left.events) == (
        "https://crm.example/hook",
        frozenset({"incoming message", "by GET"}),
    )


class Connected:
    """A Plivo account of a workspace, with the number `OWN`."""

    def __init__(self, world: World) -> None:
        self.world, self.key = world, f"pl_{world.name}"
        given = {"auth_id": auth_id(self.key), "auth_token": self.key, "sender_id": OWN}
        base_url = f"{world.stack.sandbox.url}{PATH}"
        made = world.post("/v1/connections", provider="plivo", base_url=base_url, **given)
        assert made.status_code == 201, made.text
        self.id = str(made.json()["id"])

    @property
    def ingress(self) -> str:
        return str(self.world.get(f"/v1/connections/{self.id}")["ingress_url"])

    def control(self, method: str, what: str, given: Any = None) -> Any:
        return self.world.control(method, what, given, self.key)

    def addresses(self) -> list[str]:
        found = self.control("GET", "state")["applications"]
        return [each["message_url"] for each in found if each["message_url"]]


def test_a_text_whose_answer_was_lost_is_sent_once_and_its_receipt_settles_it(
    world: World,
) -> None:
    account = Connected(world)
    world.fault("cut_after", SEND, account.key)
    job = world.proved(world.send().json()["id"], "delivered")
    assert len(world.sends(account.key)) == 1
    assert {each["status"] for each in job["receipts"]} <= {"sent", "delivered"}


def test_a_text_that_never_arrived_at_plivo_is_sent_again_beside_others_to_that_number(
    world: World,
) -> None:
    account = Connected(world)
    other = world.settled(world.send(message="Another text").json()["id"], "delivered")
    world.fault("cut_before", SEND, account.key)
    job = world.proved(world.send().json()["id"], "delivered")
    assert job["provider_id"] != other["provider_id"]
    assert [each["text"] for each in world.sends(account.key)] == [
        "Another text",
        "Your table is ready",
    ]


def test_a_blocked_text_fails_and_its_recipient_is_in_the_register(world: World) -> None:
    account = Connected(world)
    world.stack.db.hset(keys.workspace(world.name), "opt_outs", "on")
    account.control("POST", "inbound", {"phone": PHONE, "message": "Stop", "webhook": False})
    job = world.settled(world.send().json()["id"], "failed")
    assert "opted out" in job["receipts"][-1]["reason"]
    until(lambda: world.get("/v1/opt-outs"), "the opt-out")
    again = world.settled(world.send().json()["id"], "failed")
    assert again["error"]["code"] == "opted_out"
    assert len(world.sends(account.key)) == 1


def test_texts_and_a_picture_are_polled_once_and_a_forged_one_never(world: World) -> None:
    account = Connected(world)
    assert world.inbox() == []
    until(lambda: account.addresses() == [account.ingress] * 2, "our address at both applications")
    given = [
        {"phone": PHONE, "message": "Yes, see you at 5", "webhook_times": 2},
        {"phone": PHONE, "message": "Look", "media": 1},
        {"phone": PHONE, "message": "STOP"},
    ]
    account.control("POST", "inbound", given)
    forged = {"MessageUUID": "1", "From": PHONE, "Text": "Forged"}
    assert requests.post(account.ingress, data=forged, timeout=90).status_code == 401
    until(lambda: len(world.inbox()) == 3, "the texts")
    until(
        lambda: all(each["done"] for each in account.control("GET", "pushes")["pushes"]),
        "all pushes",
    )
    found = {each["message"]: each for each in world.inbox()}
    assert set(found) == {"Yes, see you at 5", "Look", "STOP"}
    assert {(each["phone"], each["to"]) for each in found.values()} == {(PHONE, OWN)}
    assert found["STOP"]["opt_out"] == "stop"
    [item] = found["Look"]["media"]
    until(lambda: is_kept(world, item), "the picture")
    given_back = requests.get(item["url"], timeout=90)
    assert given_back.content == drawn(item)
    assert given_back.headers["content-type"] == "image/png"
