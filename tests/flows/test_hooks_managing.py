"""Subscribing, looking and changing, in every way that platforms do it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from integration.store import keys
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import World

TARGET = "http://127.0.0.1:9/hook"
STATE = ("state", "state_detail")
TRIED = ("last_outcome", "last_day")
FILTERS = {"sim_slot": "SIM1", "contains": "order"}


def subscribe(world: World, **body: Any) -> requests.Response:
    return world.post("/v1/hooks", **{"target_url": TARGET, "trigger": "inbound-sms", **body})


def made(world: World, **body: Any) -> dict[str, Any]:
    answer = subscribe(world, **body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_subscription_is_201_with_an_absolute_location_and_a_secret(world: World) -> None:
    answer = subscribe(world, filters=FILTERS, platform="zapier", description="Orders")
    hook = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{world.stack.url}/v1/hooks/{hook['id']}"
    assert hook["secret"].startswith("whsec_")
    assert (hook["trigger"], hook["target_url"]) == ("inbound-sms", TARGET)
    assert (hook["filters"], hook["status"]) == (FILTERS, "active")
    assert (hook["platform"], hook["description"]) == ("zapier", "Orders")
    assert hook["created_at"].endswith("Z")
    with_key = {"Authorization": f"Bearer {world.key}"}
    found = requests.get(answer.headers["Location"], headers=with_key, timeout=90)
    assert found.json() == hook


def test_the_same_subscription_again_is_200_and_the_one_that_exists(world: World) -> None:
    first = made(world, filters=FILTERS)
    again = subscribe(world, filters=dict(reversed(FILTERS.items())), description="Other words")
    assert (again.status_code, again.json()) == (200, first)
    assert again.headers["Location"].endswith(first["id"])
    assert subscribe(world, filters=json.dumps(FILTERS)).json() == first
    other = made(world, filters={"sim_slot": "SIM1"})
    assert made(world, filters=FILTERS, trigger="latest-sms")["id"] != first["id"]
    assert other["id"] != first["id"]
    assert other["secret"] != first["secret"]


@pytest.mark.parametrize("target", ["target_url", "hookUrl", "hook_url", "url"])
@pytest.mark.parametrize("trigger", ["trigger", "event"])
def test_every_name_for_target_and_trigger_is_understood(
    world: World, target: str, trigger: str
) -> None:
    answer = world.post("/v1/hooks", **{target: TARGET, trigger: "inbound_sms"})
    assert answer.status_code == 201, answer.text
    assert subscribe(world).json() == answer.json()


def test_a_flat_body_holds_its_filters_beside_the_target(world: World) -> None:
    flat = subscribe(world, phone="+1 415 555 0123", sim_slot="1", contains="", connection=None)
    assert flat.json()["filters"] == {"phone": "+14155550123", "sim_slot": "SIM1"}
    nested = subscribe(world, filters=flat.json()["filters"], sim_slot="SIM1", phone="")
    assert (nested.status_code, nested.json()["id"]) == (200, flat.json()["id"])


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"target_url": None}, 422, "Target URL"),
        ({"target_url": "ftp://example.com"}, 422, "https://"),
        ({"target_url": "http://no such host/"}, 422, "space"),
        ({"target_url": "http://user:pass@127.0.0.1/"}, 422, "password"),
        ({"target_url": ["http://127.0.0.1/"]}, 422, "text"),
        ({"target_url": "http://127.0.0.1:99999/"}, 422, "port"),
        ({"trigger": ""}, 422, "Trigger"),
        ({"trigger": "pigeon"}, 404, "inbound-sms"),
        ({"filters": "SIM1"}, 422, "object"),
        ({"filters": {"sim_slot": "SIM1"}, "sim_slot": "SIM2"}, 422, "given twice"),
        ({"url": "http://127.0.0.1:1/another"}, 422, "target_url and url are two names"),
        ({"filters": {"colour": "red"}}, 422, "colour"),
        ({"filters": {"phone": "{{phone}}"}}, 422, "was not filled in"),
        ({"filters": {"phone": "+44{{ 1.phone }}"}}, 422, "was not filled in"),
        ({"filters": {"phone": "${phone}"}}, 422, "was not filled in"),
        ({"filters": {"phone": "undefined"}}, 422, "was not filled in"),
        ({"phone": " NULL "}, 422, "was not filled in"),
        ({"device_fingerprint": "{{device}}"}, 422, "was not filled in"),
        ({"connection": "undefined"}, 422, "was not filled in"),
        ({"contains": "{{text}}"}, 422, "was not filled in"),
        ({"filters": {"phone": "+1 (abc)"}}, 422, "neither a number nor a sender's name"),
        ({"filters": {"phone": "4.15E+9"}}, 422, "neither a number nor a sender's name"),
        ({"filters": {"phone": "a whole sentence here"}}, 422, "neither a number nor a sender"),
        ({"colour": "red"}, 422, "colour"),
        ({"sim_slot": "SIM9"}, 422, "SIM1"),
        ({"connection": "conn_of_nobody"}, 404, "connection"),
        ({"description": "x" * 201}, 422, "200"),
    ],
)
def test_a_wrong_subscription_gets_a_sentence(
    world: World, body: dict[str, Any], status: int, word: str
) -> None:
    answer = subscribe(world, **body)
    assert answer.status_code == status, answer.text
    assert word in answer.json()["message"]
    assert world.get("/v1/hooks")["data"] == []


def test_hooks_are_listed_oldest_first_without_secrets_and_by_target(world: World) -> None:
    hooks = [made(world, target_url=f"{TARGET}/{number}") for number in range(3)]
    # Two web processes agree on the time but for milliseconds.
    for number, each in enumerate(hooks):
        world.stack.db.hset(keys.hook(each["id"]), "created_ms", 1_772_355_600_000 + number)
    listed = world.get("/v1/hooks")
    assert [each["id"] for each in listed["data"]] == [each["id"] for each in hooks]
    assert not any("secret" in each for each in listed["data"])
    assert listed["next_cursor"] is None
    first = world.get("/v1/hooks", limit=2)
    rest = world.get("/v1/hooks", limit=2, cursor=first["next_cursor"])
    assert first["data"] + rest["data"] == listed["data"]
    [one] = world.get("/v1/hooks", target_url=f"{TARGET}/1")["data"]
    assert one["id"] == hooks[1]["id"]


def test_hooks_are_found_by_what_the_list_shows_and_by_state(world: World) -> None:
    orders = made(world, target_url=f"{TARGET}/1", description="Orders", platform="zapier")["id"]
    other = made(world, target_url=f"{TARGET}/2")["id"]
    world.call("PATCH", f"/v1/hooks/{other}", json={"status": "paused"})
    for asked, wanted in (
        ({"q": "order"}, [orders]),
        ({"q": "ZAPIER"}, [orders]),
        ({"q": "hook/2"}, [other]),
        ({"q": other}, [other]),
        ({"q": "nothing like it"}, []),
        ({"state": "paused"}, [other]),
        ({"state": "new"}, [orders]),
        ({"state": "new", "q": other}, []),
    ):
        assert [each["id"] for each in world.get("/v1/hooks", **asked)["data"]] == wanted, asked
    answer = world.call("GET", "/v1/hooks?state=asleep")
    assert answer.status_code == 422
    assert "failing" in answer.json()["message"]


def test_a_hook_can_be_changed_and_its_subscription_moves_with_it(world: World) -> None:
    hook = made(world)
    path = f"/v1/hooks/{hook['id']}"
    wanted = {"target_url": f"{TARGET}/new", "filters": FILTERS, "description": "New"}
    changed = world.call("PATCH", path, json=wanted).json()
    assert changed == {**hook, **wanted}
    assert world.get(path) == changed
    assert subscribe(world, target_url=f"{TARGET}/new", filters=FILTERS).json() == changed
    assert made(world)["id"] != hook["id"], "its old subscription is free again"
    taken = world.call("PATCH", path, json={"target_url": TARGET, "filters": {}})
    assert taken.status_code == 409
    assert world.get(path) == changed
    paused = world.call("PATCH", path, json={"status": "paused"}).json()
    assert (paused["status"], paused["state"]) == ("paused", "paused")
    assert {**paused, **dict.fromkeys(STATE, "")} == {
        **changed,
        "status": "paused",
        **dict.fromkeys(STATE, ""),
    }
    assert world.call("PATCH", path, json={"status": "active"}).json() == changed


@pytest.mark.parametrize(
    "body", [{"status": "asleep"}, {"colour": "red"}, {"target_url": "x"}, {"filters": {"a": 1}}]
)
def test_a_wrong_change_is_422_and_changes_nothing(world: World, body: dict[str, Any]) -> None:
    hook = made(world)
    answer = world.call("PATCH", f"/v1/hooks/{hook['id']}", json=body)
    assert answer.status_code == 422
    assert world.get(f"/v1/hooks/{hook['id']}") == hook


VERBS = [
    ("GET", "/v1/hooks/{hook}"),
    ("PATCH", "/v1/hooks/{hook}"),
    ("POST", "/v1/hooks/{hook}/test"),
    ("GET", "/v1/hooks/{hook}/deliveries"),
    ("POST", "/v1/hooks/{hook}/replay"),
    ("POST", "/v1/deliveries/{delivery}/replay"),
]


def test_a_foreign_hook_is_as_one_that_never_was_for_every_verb(
    world: World, stack: Any, sink: Sink
) -> None:
    hook, stranger = Hooked(world, sink), stack.workspace()
    delivery = hook.tested()
    for method, path in VERBS:
        body = {"status": "paused", "since": "2026-01-01T00:00:00Z"}
        body = {} if path.endswith("test") else body
        answers = [
            stranger.call(method, path.format(hook=a, delivery=b), json=body)
            for a, b in ((hook.id, delivery["id"]), ("hook_0", "dlv_0"))
        ]
        assert {each.status_code for each in answers} == {404}, path
        assert len({each.json()["message"] for each in answers}) == 1
    # A removal says 200 for what is not there, so it does for what is not one's own.
    for path in (f"/v1/hooks/{hook.id}", f"/v1/hooks?target_url={sink.url()}"):
        assert stranger.call("DELETE", path).json() == {}
    assert stranger.get("/v1/hooks")["data"] == []
    shown = world.get(f"/v1/hooks/{hook.id}")
    assert shown == hook.made | {name: shown[name] for name in (*STATE, *TRIED)}
    assert len(hook.calls()) == 1
