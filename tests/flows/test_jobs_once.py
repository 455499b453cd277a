"""Idempotency: the same key and body give the first answer again and send nothing more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World

KEY = {"Idempotency-Key": "order-1001"}
TEXT = {"phone": "+14155550123", "message": "Your table is ready"}


def asked(world: World, body: Any = None, **headers: str) -> Any:
    return world.call("POST", "/v1/actions/send-sms", json=body or TEXT, headers=headers or KEY)


def test_the_same_key_and_body_give_the_first_answer_again(world: World) -> None:
    world.connect_pairfon()
    first = asked(world)
    again = asked(world)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    world.settled(first.json()["id"])
    assert asked(world).json() == first.json(), "also after it was sent"
    assert len(world.sends()) == 1


@pytest.mark.parametrize("where", ["header", "quoted header", "body"])
def test_the_key_may_come_in_header_or_body(world: World, where: str) -> None:
    world.connect_pairfon()
    first = asked(world).json()
    ways: dict[str, tuple[dict[str, str], dict[str, str]]] = {
        "header": (TEXT, KEY),
        "quoted header": (TEXT, {"Idempotency-Key": '"order-1001"'}),
        "body": (TEXT | {"idempotency_key": "order-1001"}, {"X-Nothing": "1"}),
    }
    body, headers = ways[where]
    assert asked(world, body, **headers).json()["id"] == first["id"]
    assert [each["id"] for each in world.get("/v1/jobs")["data"]] == [first["id"]]


@pytest.mark.parametrize("key", ["{{order.id}}", "${order}", "undefined", "NULL"])
def test_a_key_that_a_platform_did_not_fill_in_passes_over_no_text(world: World, key: str) -> None:
    world.connect_pairfon()
    for answer in (
        asked(world, **{"Idempotency-Key": key}),
        asked(world, TEXT | {"idempotency_key": key}, **{"X-Nothing": "1"}),
    ):
        assert answer.status_code == 422
        assert "was not filled in" in answer.json()["errors"]["idempotency_key"][0]


def test_another_body_under_the_same_key_is_a_conflict(world: World) -> None:
    world.connect_pairfon()
    job = asked(world).json()
    other = asked(world, TEXT | {"message": "Another text"})
    assert other.status_code == 409
    assert "another body" in other.json()["message"]
    assert asked(world, TEXT | {"wait": 0}).json()["id"] == job["id"], "wait is no part of it"
    world.settled(job["id"])
    assert [each["text"] for each in world.sends()] == [TEXT["message"]]


def test_ten_requests_at_once_make_one_job(world: World) -> None:
    world.connect_pairfon()

    def waited(_: int) -> Any:
        """As a platform does that asks again where a wait was too short."""

        def ended() -> list[Any]:
            answer = asked(world, TEXT | {"wait": 20})
            return [] if answer.status_code == 202 else [answer]

        return until(ended, "the end of the job")[0]

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(waited, range(10)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.json()["id"] for each in answers}) == 1
    assert len(world.sends()) == 1


def test_a_batch_is_made_once(world: World) -> None:
    world.connect_pairfon()
    body = TEXT | {"phone": "+14155550123,+14155550124"}
    first, again = asked(world, body).json(), asked(world, body).json()
    assert first == again
    for job in first["jobs"]:
        world.settled(job["id"])
    assert len(world.sends()) == 2


def test_an_idempotency_key_counts_for_one_workspace_and_action(stack: Stack, world: World) -> None:
    neighbour = stack.workspace()
    for each in (world, neighbour):
        each.connect_pairfon()
    assert asked(world).json()["id"] != asked(neighbour).json()["id"]
    world.connect_cloud()
    group = world.call("POST", "/v1/actions/create-group", json={"name": "One"}, headers=KEY)
    assert group.status_code == 202
    neighbour.leave()


def test_the_first_answer_holds_although_a_second_phone_appeared(world: World) -> None:
    world.connect_pairfon()
    first = asked(world).json()
    world.control("POST", "devices", {"device_fingerprint": "second"})
    world.stack.db.delete(f"hl:has:{first['connection']}:devices")
    until(lambda: len(world.get("/v1/options/devices")) == 2, "both phones known")
    assert world.send().status_code == 422
    assert asked(world).json() == first


def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    world.connect_pairfon()
    assert asked(world, TEXT | {"phone": "12"}).status_code == 422
    assert asked(world).status_code == 202
