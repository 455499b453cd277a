"""What reaches a hook: signed, exact, once; filtered, paused, replayed, tried."""

from __future__ import annotations

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from proofs.rig.receiver import Reply
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink, settled
from proofs.rig.stack import World


@pytest.fixture
def hook(world: World, sink: Sink) -> Hooked:
    world.connect_pairfon()
    return Hooked(world, sink)


def texts(hook: Hooked) -> list[str]:
    return [each.event["message"] for each in hook.calls()]


def all_delivered(hook: Hooked) -> bool:
    return {each["status"] for each in hook.log()} == {"delivered"}


def test_a_delivery_verifies_with_the_public_library_and_nothing_else_does(
    world: World, sink: Sink, hook: Hooked
) -> None:
    other = Hooked(world, sink, "/other")
    world.inject("Zażółć 👋")
    [call], [foreign] = sink.wait_for(1), sink.wait_for(1, "/other")
    verified = Webhook(hook.made["secret"]).verify(call.body, call.headers)
    assert verified == call.event == world.inbox()[0]
    assert call.headers["content-type"] == "application/json"
    assert call.headers["webhook-id"] != foreign.headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(other.made["secret"]).verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.made["secret"]).verify(call.body + b" ", call.headers)


def test_a_hook_gets_only_what_its_filters_let_through(
    world: World, sink: Sink, hook: Hooked
) -> None:
    narrow = Hooked(world, sink, "/narrow", phone="+14155550124", contains="ORDER")
    world.inject("order 1")
    world.inject("Order 2", phone="+14155550124")
    world.inject("hello", phone="+14155550124")
    settled(world, hook, count=3)
    narrow.delivery("delivered")
    assert texts(narrow) == ["Order 2"]
    assert len(narrow.log()) == 1
    assert sorted(texts(hook)) == ["Order 2", "hello", "order 1"]


def test_a_hook_gets_nothing_of_before_it_was_made(world: World, sink: Sink, hook: Hooked) -> None:
    world.inject("Before")
    settled(world, hook, count=1)
    late = Hooked(world, sink, "/late")
    world.inject("After")
    settled(world, hook, count=2)
    sink.wait_for(1, "/late")
    assert texts(late) == ["After"]


def test_a_paused_hook_keeps_its_events_and_gets_them_when_resumed(
    world: World, sink: Sink, hook: Hooked
) -> None:
    other = Hooked(world, sink, "/other")
    assert hook.patch(status="paused")["status"] == "paused"
    for number in range(3):
        world.inject(f"Kept {number}")
    settled(world, other, count=3)
    assert hook.calls() == []
    assert {each["status"] for each in hook.log()} == {"queued"}
    hook.patch(target_url=sink.url("/moved"), status="active")
    sink.wait_for(3, "/moved")
    settled(world, hook, count=3)
    assert sorted(each.event["message"] for each in sink.calls("/moved")) == [
        f"Kept {number}" for number in range(3)
    ]
    assert hook.calls() == []


def test_a_test_sends_the_newest_event_or_a_sample_and_shows_the_result(
    world: World, sink: Sink, hook: Hooked
) -> None:
    told = hook.tested()
    assert (told["status"], told["attempts"][0]["status"]) == ("delivered", 200)
    [sample] = hook.calls()
    assert sample.event == world.get("/v1/triggers/inbound-sms/sample", live=0)[0]
    Webhook(hook.made["secret"]).verify(sample.body, sample.headers)
    world.inject("Real")
    sink.wait_for(2)
    hook.tested()
    assert texts(hook)[1:] == ["Real", "Real"]
    assert len({each.headers["webhook-id"] for each in hook.calls()}) == 3
    sink.plan(hook.path, *[Reply(status=418)] * 9)
    failed = hook.tested()
    assert (failed["status"], failed["attempts"][0]["status"]) == ("dead", 418)
    assert "418" in failed["attempts"][0]["detail"]


def test_the_log_tells_of_every_delivery_newest_first(
    world: World, sink: Sink, hook: Hooked
) -> None:
    for number in range(3):
        world.inject(f"Number {number}")
        sink.wait_for(number + 1)
    until(lambda: all_delivered(hook), "the records of all three")
    log = hook.log()
    assert [each["event_id"] for each in log] == [each["id"] for each in world.inbox()]
    assert {each["id"] for each in log} == {each.headers["webhook-id"] for each in hook.calls()}
    path = f"/v1/hooks/{hook.id}/deliveries"
    first = world.get(path, limit=2)
    rest = world.get(path, limit=2, cursor=first["next_cursor"])
    assert first["data"] + rest["data"] == log
    assert rest["next_cursor"] is None
    for each in log:
        assert (each["status"], each["tries"], each["hook_id"]) == ("delivered", 1, hook.id)
        assert each["attempts"][0]["detail"] == "Delivered."


def test_events_are_replayed_since_a_time_or_an_event_and_one_by_one(
    world: World, sink: Sink, hook: Hooked
) -> None:
    for number in range(3):
        world.inject(f"Number {number}")
        sink.wait_for(number + 1)
    until(lambda: all_delivered(hook), "the records of all three")
    before = {each.event["message"]: each.headers["webhook-id"] for each in hook.calls()}
    second = world.inbox()[1]
    assert hook.post("replay", event_id=second["id"])["replayed"] == 2
    sink.wait_for(5)
    until(lambda: all_delivered(hook), "the first replay")
    assert hook.post("replay", since="2026-01-01T00:00:00Z")["replayed"] == 3
    sink.wait_for(8)
    until(lambda: all_delivered(hook), "the second replay")
    assert hook.post("replay", since="2100-01-01T00:00:00+02:00")["replayed"] == 0
    one = hook.log()[0]
    answer = world.post(f"/v1/deliveries/{one['id']}/replay")
    assert (answer.status_code, answer.json()["id"]) == (202, one["id"])
    sink.wait_for(9)
    hook.delivery("delivered", attempts=len(one["attempts"]) + 1)
    assert len(hook.calls()) == 9
    for each in hook.calls():
        assert each.headers["webhook-id"] == before[each.event["message"]]


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 422, "since"),
        ({"since": "yesterday"}, 422, "offset"),
        ({"since": "2026-01-01T00:00:00"}, 422, "offset"),
        ({"since": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00+01:00"}, 422, "swap"),
        ({"event_id": "sms_of_nobody"}, 404, "event"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_a_wrong_replay_gets_a_sentence(
    world: World, hook: Hooked, body: dict[str, str], status: int, word: str
) -> None:
    answer = world.post(f"/v1/hooks/{hook.id}/replay", **body)
    assert answer.status_code == status
    assert word in answer.json()["message"]


def test_a_hook_that_is_removed_gets_no_more(world: World, sink: Sink, hook: Hooked) -> None:
    other = Hooked(world, sink, "/other")
    world.call("DELETE", f"/v1/hooks/{hook.id}")
    world.inject("Too late")
    settled(world, other, count=1)
    assert hook.calls() == []


def test_a_test_of_a_filtered_hook_sends_no_text_that_it_leaves_out(
    world: World, sink: Sink, hook: Hooked
) -> None:
    narrow = Hooked(world, sink, "/narrow", phone="+14155550124")
    sample = world.get("/v1/triggers/inbound-sms/sample", live=0)[0]["message"]
    world.inject("Nothing for the other one")
    settled(world, hook, count=1)
    assert narrow.tested()["status"] == "delivered"
    world.inject("For the other one", phone="+14155550124")
    narrow.sink.wait_for(2, "/narrow")
    world.inject("Nothing either")
    settled(world, hook, count=3)
    narrow.tested()
    assert texts(narrow) == [sample, "For the other one", "For the other one"]
