"""Unsubscribing, in every way that platforms do it."""

from __future__ import annotations

import pytest

from proofs.rig.stack import World
from tests.flows.test_hooks_managing import TARGET, made


def test_unsubscribing_is_200_with_an_empty_object_also_when_already_gone(world: World) -> None:
    hook = made(world)
    for _ in range(2):
        answer = world.call("DELETE", f"/v1/hooks/{hook['id']}")
        assert (answer.status_code, answer.json()) == (200, {})
    assert world.call("GET", f"/v1/hooks/{hook['id']}").status_code == 404
    assert world.get("/v1/hooks")["data"] == []
    assert made(world)["id"] != hook["id"]


def test_a_platform_that_lost_the_id_unsubscribes_by_target(world: World) -> None:
    for contains in ("a", "b"):
        made(world, target_url=f"{TARGET}?x=1&y=2", contains=contains)
    other = made(world)
    for _ in range(2):
        query = {"target_url": f"{TARGET}?x=1&y=2"}
        answer = world.call("DELETE", "/v1/hooks", params=query)
        assert (answer.status_code, answer.json()) == (200, {})
    assert [each["id"] for each in world.get("/v1/hooks")["data"]] == [other["id"]]
    bare = world.call("DELETE", "/v1/hooks")
    assert bare.status_code == 422
    assert "target_url" in bare.json()["message"]


@pytest.mark.parametrize("name", ["trigger", "event"])
def test_a_trigger_beside_the_target_leaves_the_hooks_of_other_triggers(
    world: World, name: str
) -> None:
    made(world)
    kept = made(world, trigger="message-status")
    for key in ("inbound-sms", "inbound_sms"):
        answer = world.call("DELETE", "/v1/hooks", params={"target_url": TARGET, name: key})
        assert (answer.status_code, answer.json()) == (200, {})
    unknown = world.call("DELETE", "/v1/hooks", params={"target_url": TARGET, "hook": "1"})
    assert (unknown.status_code, list(unknown.json()["errors"])) == (422, ["hook"])
    assert [each["id"] for each in world.get("/v1/hooks")["data"]] == [kept["id"]]
