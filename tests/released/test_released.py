"""Every store that a release has left behind is read as it was, and everything in it goes on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from integration.store import client, keys
from integration.store.format import FORMAT
from proofs.rig.receiver import Call
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from tests.released import dump
from tests.released.service import SINK_PORT, ReleaseStack, Resident

HERE = Path(__file__).parent
RELEASES = sorted(path.parent.name for path in HERE.glob("*/store.jsonl"))
SEND = "/v1/actions/send-sms"


@dataclass(frozen=True, kw_only=True)
class Revived:
    """A store of a release, served by this one. `shown` are the answers of the release itself,
    `read` those of this one before any worker ran."""

    stack: ReleaseStack
    sink: Sink
    world: Resident
    shown: dict[str, Any]
    read: dict[str, Any]

    def job(self, name: str) -> str:
        return str(self.shown["jobs"][name])

    def path(self, name: str) -> str:
        return f"/{self.world.name}/{name}"

    def deliveries(self, name: str) -> list[dict[str, Any]]:
        return list(self.world.get(f"/v1/hooks/{self.shown['hooks'][name]}/deliveries")["data"])

    def texts(self, name: str) -> set[str]:
        return {call.event["message"] for call in self.sink.calls(self.path(name))}


@pytest.fixture(scope="module", params=RELEASES)
def revived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Revived]:
    folder = HERE / request.param
    shown = json.loads((folder / "shown.json").read_text(encoding="utf-8"))
    stack, sink = ReleaseStack(tmp_path_factory.mktemp("released")), Sink(SINK_PORT)
    db = client.connect(stack.server.url)
    dump.load(db, (folder / "store.jsonl").read_text(encoding="utf-8").splitlines())
    db.close()
    stack.serve("web")
    world = Resident(stack, shown["workspace"], shown["key"])
    read = {path: world.get(path) for path in shown["answers"]}
    stack.serve("worker", "scheduler")
    # As after a day: what the release was to try again later is due.
    stack.pass_time(90_000)
    yield Revived(stack=stack, sink=sink, world=world, shown=shown, read=read)
    sink.close()
    stack.stop()


MOVES = {"next_attempt_at"}
"""It follows from the time that the running processes agree on."""
SCOPES = {"read": {"read", "texts"}, "write": {"texts", "act", "hooks"}, "admin": {"admin"}}
"""What a scope of 0.1.0 means in the words of today: its keys may do what they could."""


def differences(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """What an old answer has and a new one has not, or has otherwise; a new one may have more."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() - MOVES:
            one, other = old[name], new.get(name)
            if name == "capabilities":  # a provider may learn more
                other = sorted({*(other or ())} & {*one})
            if name == "scopes":
                one = sorted({word for each in one for word in SCOPES[each]})
                other = sorted(other or ())
            yield from differences(one, other, f"{where}.{name}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif old != new:
        yield f"{where}: {old!r} became {new!r}"


def test_a_store_of_this_release_or_one_before_is_kept() -> None:
    assert "0.1.0" in RELEASES


def test_every_object_reads_as_the_release_showed_it(revived: Revived) -> None:
    assert len(revived.shown["answers"]) > 30
    assert list(differences(revived.shown["answers"], revived.read)) == []


def test_a_missing_and_a_changed_member_are_seen() -> None:
    old = {"data": [{"id": "a", "status": "sent"}]}
    assert list(differences(old, {"data": [{"id": "a", "status": "failed", "more": 1}]})) != []
    assert list(differences(old, {"data": []})) != []
    assert list(differences(old, {"data": [{"id": "a", "status": "sent", "more": 1}]})) == []


@pytest.mark.parametrize("name", ["queued", "retried", "sending"])
def test_what_had_not_ended_is_sent_once(revived: Revived, name: str) -> None:
    job = revived.world.proved(revived.job(name), "sent", "delivered")
    key = revived.world.ultimate_key if name == "retried" else revived.world.pairfon_key
    texts = [each["text"] for each in revived.world.sends(key)]
    assert texts.count(job["input"]["message"]) == 1


@pytest.mark.parametrize("name", ["delivered", "batch 1", "batch 2", "unknown"])
def test_what_had_ended_is_not_touched(revived: Revived, name: str) -> None:
    before = revived.shown["answers"][f"/v1/jobs/{revived.job(name)}"]
    assert list(differences(before, revived.world.job(revived.job(name)))) == []


def test_what_is_scheduled_waits_and_can_be_cancelled_and_retried(revived: Revived) -> None:
    world, job = revived.world, revived.job("scheduled")
    assert world.job(job)["status"] == "scheduled"
    assert world.call("DELETE", f"/v1/jobs/{job}").ok
    assert world.call("POST", f"/v1/jobs/{job}/retry").ok
    assert world.job(job)["status"] == "scheduled"
    cancelled = revived.job("cancelled")
    assert world.job(cancelled)["status"] == "cancelled"
    # The release gave it no TTL.
    until(lambda: revived.stack.db.ttl(keys.job(cancelled)) > 0, "a TTL on the cancelled job")


def test_a_failed_job_can_be_retried(revived: Revived) -> None:
    path = f"/v1/jobs/{revived.job('failed')}"
    assert revived.world.get(path) == revived.shown["answers"][path]
    assert revived.world.call("POST", f"{path}/retry").ok
    revived.world.settled(revived.job("failed"))


def test_a_late_receipt_finds_its_job(revived: Revived) -> None:
    """The provider's id of a message still leads to the job that sent it."""
    world, job = revived.world, revived.job("sent")
    number = world.job(job)["provider_id"]
    [url] = [
        each["ingress_url"]
        for each in world.get("/v1/connections")["data"]
        if each["id"] == world.job(job)["connection"]
    ]
    world.control("PUT", "settings", {"callback_url": url}, world.cloud_key)
    receipt = [{"message_id": number, "status": "success"}]
    world.control("POST", "receipts", receipt, world.cloud_key)
    assert world.settled(job, "delivered")["receipts"][-1]["status"] == "success"


def test_an_idempotency_key_gives_its_first_answer(revived: Revived) -> None:
    body = {"phone": "+14155550123", "message": "Delivered"}
    again = revived.world.call("POST", SEND, json=body, headers={"Idempotency-Key": "story"})
    assert again.json()["id"] == revived.job("delivered")


@pytest.mark.parametrize("name", ["delivered", "rotated", "queued", "missing"])
def test_a_hook_gets_what_it_was_owed_and_what_is_new(revived: Revived, name: str) -> None:
    new = f"New for {name}"
    revived.world.inject(new)
    until(lambda: new in revived.texts(name), f"{new}, after {revived.texts(name)}")
    until(
        lambda: {each["status"] for each in revived.deliveries(name)} == {"delivered"},
        f"everything delivered to {name}",
    )
    if name in ("queued", "missing"):
        assert {"text 0", "text 1", "text 2"} <= revived.texts(name)


def test_a_delivery_in_flight_when_the_worker_died_is_made_again(revived: Revived) -> None:
    until(lambda: "a text in flight" in revived.texts("delivered"), "the text in flight")


def test_a_dead_delivery_stays_dead_until_it_is_replayed(revived: Revived) -> None:
    [dead] = [each for each in revived.deliveries("dead") if each["status"] == "dead"]
    assert len(dead["attempts"]) == 10
    text = "a text that is never delivered"
    assert text not in revived.texts("dead")
    hook = revived.shown["hooks"]["dead"]
    assert revived.world.call("PATCH", f"/v1/hooks/{hook}", json={"status": "active"}).ok
    assert revived.world.call("POST", f"/v1/deliveries/{dead['id']}/replay").ok
    until(lambda: text in revived.texts("dead"), "the replayed delivery")


def test_a_paused_hook_keeps_what_it_is_owed_until_it_is_active(revived: Revived) -> None:
    assert revived.texts("paused") == set()
    hook = revived.shown["hooks"]["paused"]
    assert revived.world.call("PATCH", f"/v1/hooks/{hook}", json={"status": "active"}).ok
    until(lambda: "text 2" in revived.texts("paused"), "what the paused hook was owed")


def test_deliveries_are_signed_with_the_secret_of_the_release(revived: Revived) -> None:
    hook = revived.shown["answers"][f"/v1/hooks/{revived.shown['hooks']['delivered']}"]
    secret = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    until(lambda: revived.sink.calls(revived.path("delivered")), "a delivery")
    [call, *_] = revived.sink.calls(revived.path("delivered"))
    assert signature(secret, call) in call.headers["webhook-signature"].split()


def signature(secret: bytes, call: Call) -> str:
    head = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}."
    digest = hmac.digest(secret, head.encode() + call.body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def test_a_consumer_goes_on_from_its_place(revived: Revived) -> None:
    """The first two of the texts were given before; the batch that was not acknowledged is given
    again."""
    path, world = "/v1/triggers/inbound-sms", revived.world
    query = {"consumer": "plain", "limit": "2"}
    texts = [each["message"] for each in world.call("GET", path, params=query).json()]
    every = revived.shown["answers"][f"{path}?limit=100"]
    assert texts == [each["message"] for each in reversed(every)][2:4]
    query = {"consumer": "waiting", "limit": "2", "ack": "required"}
    again = world.call("GET", path, params=query)
    assert again.headers["X-Batch-Id"] == revived.shown["batch"]
    assert [each["id"] for each in again.json()] == [each["id"] for each in reversed(every)][:2]


def test_a_text_that_was_seen_is_not_new(revived: Revived) -> None:
    path, world = "/v1/triggers/inbound-sms?limit=100", revived.world
    known = next(each for each in revived.shown["answers"][path] if each["message"] == "text 0")
    item = {name: known[name] for name in ("phone", "message", "sim_slot", "received_at")}
    item |= {"id": known["provider_id"], "device_fingerprint": known["device_fingerprint"]}
    [url] = [
        each["ingress_url"]
        for each in world.get("/v1/connections")["data"]
        if each["id"] == known["connection"]
    ]
    assert requests.post(url, json=item, timeout=30).ok
    texts = [each for each in world.get(path) if each["message"] == "text 0"]
    assert [each["id"] for each in texts] == [known["id"]]


def test_the_store_has_our_format_and_no_damaged_record(revived: Revived) -> None:
    assert revived.stack.db.get(keys.FORMAT) == str(FORMAT)
    assert revived.stack.db.zrange(keys.BROKEN, 0, -1) == []
    assert " bug" not in revived.stack.logs()
