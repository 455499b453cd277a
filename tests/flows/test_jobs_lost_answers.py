"""An answer is lost: with a history a text goes out exactly once, without one it is not resent.

All stories run side by side, since some of them take as long as a provider can keep us waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

WAYS = {"zapier": "POST /zapier/send-sms", "chat": "POST /chat/send"}
CLOUD = "POST /http/sms/send"
LATE, TOO_LATE = 11.0, 17.0
"""Seconds; longer than a job may call Pairfon (Provider.call_seconds). A worker that stands still
around the end of that time may still find the answer, if it comes soon after."""
FAULTS: dict[str, dict[str, Any]] = {
    "cut before the effect": {"kind": "cut_before"},
    "cut after the effect": {"kind": "cut_after"},
    "cut within the answer": {"kind": "cut_during"},
    "an error without effect": {"kind": "status", "code": 500},
    "an error after the effect": {"kind": "status", "code": 502, "effect": True},
    "no JSON and no effect": {"kind": "garbage"},
    "no JSON after the effect": {"kind": "garbage", "effect": True},
}
SLOW: dict[str, dict[str, Any]] = {
    "done too late": {"kind": "delay", "seconds": TOO_LATE},
    "answered too late": {"kind": "delay", "seconds": TOO_LATE, "after": True},
}
TWINS = {name: FAULTS[name] for name in ("cut before the effect", "cut after the effect")}


@dataclass(frozen=True, kw_only=True)
class Story:
    """A world in which one send met a fault, beside `clean` equal sends that did not."""

    world: World
    jobs: list[str] = field(default_factory=list)
    key: str = ""

    def tell(self, count: int = 1) -> None:
        self.jobs.extend(self.world.send().json()["id"] for _ in range(count))

    def ended(self, *statuses: str) -> list[dict[str, Any]]:
        return [self.world.proved(each, *statuses) for each in self.jobs]

    def unanswered(self) -> bool:
        """Whether each call has ended, also at the provider: time may move on."""
        return all(self.world.job(each)["attempts"] for each in self.jobs)


def over_pairfon(stack: Stack, way: str, what: dict[str, Any], *, before: int = 0) -> Story:
    story = Story(world=stack.workspace())
    story.world.control("PUT", "settings", {"rate_limit": 100_000})
    story.world.connect_pairfon(send_endpoint=way)
    story.tell(before)
    story.ended()
    story.world.fault(**what, match=WAYS[way])
    return story


@pytest.fixture(scope="module")
def stories(stack: Stack) -> Iterator[dict[str, Story]]:
    told: dict[str, Story] = {}
    for way in WAYS:
        for name, what in FAULTS.items():
            told[f"{way}: {name}"] = over_pairfon(stack, way, what)
        for name, what in TWINS.items():
            told[f"{way}: twins, {name}"] = over_pairfon(stack, way, what)
            told[f"{way}: again, {name}"] = over_pairfon(stack, way, what, before=1)
    for name, story in told.items():
        story.tell(2 if "twins" in name else 1)
    for name, what in SLOW.items():
        told[name] = over_pairfon(stack, "zapier", what)
        told[name].tell()
    for name, story in told.items():
        until(story.unanswered, f"the end of the first call: {name}")
    for name in SLOW:
        until(told[name].world.sends, f"what comes late: {name}")
    yield told
    for story in told.values():
        story.world.leave()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FAULTS)
def test_with_a_history_a_text_goes_out_once(
    stories: dict[str, Story], way: str, name: str
) -> None:
    story = stories[f"{way}: {name}"]
    [job] = story.ended()
    assert len(story.world.sends()) == 1
    outcomes = [each["outcome"] for each in job["attempts"]]
    assert outcomes[0] == "unknown"
    lost = name in ("cut before the effect", "an error without effect", "no JSON and no effect")
    assert outcomes[-2:] == ["not-sent", "sent"] if lost else outcomes[-1] == "found", outcomes


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", TWINS)
def test_two_equal_texts_at_once_are_two_texts(
    stories: dict[str, Story], way: str, name: str
) -> None:
    story = stories[f"{way}: twins, {name}"]
    assert len({job["provider_id"] for job in story.ended()}) == 2
    assert len(story.world.sends()) == 2


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", TWINS)
def test_the_trace_of_an_earlier_equal_text_does_not_count(
    stories: dict[str, Story], way: str, name: str
) -> None:
    story = stories[f"{way}: again, {name}"]
    assert len(story.jobs) == 2
    story.ended()
    assert len(story.world.sends()) == 2


@pytest.mark.parametrize("name", SLOW)
def test_what_a_slow_provider_does_late_is_not_done_again(
    stories: dict[str, Story], name: str
) -> None:
    story = stories[name]
    [job] = story.ended()
    assert len(story.world.sends()) == 1
    assert job["attempts"][-1]["outcome"] == "found"


def test_delivery_is_learned_from_the_history(stories: dict[str, Story]) -> None:
    story = stories["zapier: cut after the effect"]
    [job] = story.ended("delivered")
    assert [each["status"] for each in job["receipts"]] == ["delivered"]


@pytest.mark.parametrize(
    "name", ["cut before the effect", "cut after the effect", "an error without effect"]
)
def test_without_a_history_it_is_unknown_and_a_person_decides(world: World, name: str) -> None:
    world.connect_cloud()
    world.fault(**FAULTS[name], match=CLOUD, key=world.cloud_key)
    answer = world.send(wait=20)
    assert answer.status_code == 202, "an unknown outcome is neither success nor failure"
    job = answer.json()
    assert job["status"] == "unknown"
    assert "Check with the recipient" in job["message"]
    before = len(world.sends(world.cloud_key))
    assert before == (1 if name == "cut after the effect" else 0)
    again = world.call("POST", f"/v1/jobs/{job['id']}/retry")
    assert again.status_code == 202
    world.settled(job["id"])
    assert len(world.sends(world.cloud_key)) == before + 1


def test_a_gateway_that_answers_late_has_answered(world: World) -> None:
    """Behind it are operators, and without a history a lost answer would stay unknown."""
    world.connect_cloud()
    world.fault("delay", CLOUD, world.cloud_key, seconds=LATE, after=True)
    job = world.settled(world.send().json()["id"], "sent", "unknown")
    assert (job["status"], len(job["attempts"])) == ("sent", 1)
    assert job["provider_id"]


def test_a_contact_is_looked_for_before_it_is_added_again(world: World) -> None:
    world.connect_cloud()
    made = world.post("/v1/actions/create-group", name="Customers", wait=20).json()
    group = made["result"]["group_id"]
    world.fault("cut_after", "/store", world.cloud_key)
    answer = world.post("/v1/actions/add-contact", phone="+14155550123", group_id=group, wait=20)
    assert answer.status_code == 200
    world.fault("cut_before", "/store", world.cloud_key)
    job = world.post("/v1/actions/add-contact", phone="+14155550199", group_id=group).json()
    world.proved(job["id"])
    assert len(world.stack.sandbox.received(world.cloud_key, "contact")) == 2


def test_a_phone_is_removed_although_the_answer_was_lost(world: World) -> None:
    world.connect_pairfon()
    world.fault("cut_after", "DELETE /device/delete")
    job = world.post(
        "/v1/actions/remove-device", device_fingerprint="sandbox-phone-1", wait=20
    ).json()
    world.proved(job["id"])
    assert len(world.stack.sandbox.received(world.pairfon_key, "device_deleted")) == 1
