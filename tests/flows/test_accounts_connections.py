"""Connections: made, tested, changed and removed; each knows whether its account answers."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from integration.accounts import connection_facts, connections
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import World


def asked(world: World, **body: Any) -> Any:
    base_url = world.stack.sandbox.url + "/pairfon"
    given = {"provider": "pairfon", "api_key": world.pairfon_key, "base_url": base_url, **body}
    return world.post("/v1/connections", **given)


def test_a_connection_is_made_once_and_shown_without_its_key(world: World) -> None:
    first = asked(world, label="Office phone")
    assert first.status_code == 201
    made = first.json()
    assert (made["label"], made["provider"], made["health"]) == ("Office phone", "pairfon", "ok")
    assert set(made["capabilities"]) >= {"send-sms", "devices", "history", "inbound"}
    assert made["ingress_url"].startswith(f"{world.stack.url}/ingress/pairfon/")
    again = asked(world)
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    assert [each["id"] for each in world.get("/v1/connections")["data"]] == [made["id"]]
    [shown] = world.get("/v1/me")["connections"]
    assert shown["settings"] == {"base_url": made["settings"]["base_url"]}
    assert "Office phone" in world.get("/v1/me")["label"]


def test_white_space_that_was_pasted_with_a_key_is_dropped(world: World) -> None:
    made = asked(world, api_key=f" {world.pairfon_key}\n").json()
    assert made["health"] == "ok"
    path = f"/v1/connections/{made['id']}"
    changed = world.call("PATCH", path, json={"api_key": f"\t{world.pairfon_key}\r\n"})
    assert changed.json()["health"] == "ok"
    assert asked(world).json()["id"] == made["id"]


@pytest.mark.parametrize("end", ["/", "//", "/#"])
def test_another_spelling_of_its_address_is_the_same_account(world: World, end: str) -> None:
    made = asked(world).json()
    other = made["settings"]["base_url"].replace("http", "HTTP") + end
    again = asked(world, base_url=other)
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    changed = world.call("PATCH", f"/v1/connections/{made['id']}", json={"base_url": other})
    assert changed.json()["settings"] == made["settings"]


@pytest.mark.parametrize("place", ["settings", "credentials"])
def test_its_settings_may_be_nested(world: World, place: str) -> None:
    base_url = world.stack.sandbox.url + "/pairfon"
    inner = {"api_key": world.pairfon_key, "base_url": base_url}
    answer = world.post("/v1/connections", provider="pairfon", **{place: inner})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"api_key": ""}, "api_key"),
        ({"provider": ""}, "provider"),
        ({"base_url": "nowhere"}, "base_url"),
        ({"send_endpoint": "fax"}, "send_endpoint"),
        ({"colour": "blue"}, "colour"),
        ({"settings": "text"}, "settings"),
        ({"settings": {"api_key": "another key"}}, "api_key"),
        ({"label": "x" * 101}, "label"),
    ],
)
def test_wrong_settings_are_named(world: World, body: dict[str, Any], field: str) -> None:
    answer = asked(world, **body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"]
    assert world.pairfon_key not in answer.text
    assert world.get("/v1/connections")["data"] == []


def test_a_key_that_the_provider_refuses_shows_in_its_health(world: World) -> None:
    made = asked(world, api_key="not-a-sandbox-key").json()
    assert made["health"] == "failing"
    assert "does not accept the API key" in made["health_detail"]
    assert "not-a-sandbox-key" not in str(made)


def test_an_address_where_nobody_answers_shows_in_its_health(world: World) -> None:
    made = asked(world, base_url="http://127.0.0.1:9").json()
    assert made["health"] == "failing"
    assert "cannot be reached" in made["health_detail"]


def test_a_change_keeps_what_is_left_out(world: World) -> None:
    connection = world.connect_cloud()
    path = f"/v1/connections/{connection}"
    changed = world.call("PATCH", path, json={"label": "Marketing", "api_key": ""}).json()
    assert (changed["label"], changed["health"]) == ("Marketing", "ok")
    assert changed["settings"]["sender_id"] == "MyCompany"
    changed = world.call("PATCH", path, json={"settings": {"sender_id": "Acme"}}).json()
    assert (changed["label"], changed["settings"]["sender_id"]) == ("Marketing", "Acme")
    cleared = world.call("PATCH", path, json={"sender_id": None}).json()
    assert "sender_id" not in cleared["settings"]
    broken = world.call("PATCH", path, json={"api_key": "wrong-key"}).json()
    assert broken["health"] == "failing"
    for body in ({"preset": "carrier_pigeon"}, {"settings": "Acme"}):
        assert world.call("PATCH", path, json=body).status_code == 422


def test_a_removed_connection_is_gone_and_can_be_made_again(world: World) -> None:
    connection = world.connect_pairfon()
    gone = world.call("DELETE", f"/v1/connections/{connection}")
    assert (gone.status_code, gone.json()) == (200, {})
    for method, path in (("GET", ""), ("DELETE", ""), ("PATCH", ""), ("POST", "/test")):
        answer = world.call(method, f"/v1/connections/{connection}{path}", json={"label": "x"})
        assert answer.status_code == 404
    assert world.send().status_code == 422
    assert world.connect_pairfon() == connection, "the same account is the same connection"
    assert world.send(wait=20).status_code == 200


def test_two_workspaces_may_connect_one_account(world: World) -> None:
    neighbour = world.stack.workspace()
    neighbour.pairfon_key = world.pairfon_key
    ids = {world.connect_pairfon(), neighbour.connect_pairfon()}
    assert len(ids) == 2
    neighbour.leave()
    assert world.send(wait=20).status_code == 200


def test_an_account_is_found_by_the_key_that_its_connection_holds_now(world: World) -> None:
    other_key = f"pf_{world.name}_other"
    first = asked(world).json()["id"]
    assert world.call("PATCH", f"/v1/connections/{first}", json={"api_key": other_key}).ok
    again = asked(world)
    assert again.status_code == 201
    assert again.json()["id"] != first
    assert asked(world, api_key=other_key).json()["id"] == first
    assert asked(world).json()["id"] == again.json()["id"]
    for each, key in ((again.json()["id"], world.pairfon_key), (first, other_key)):
        job = world.send(connection=each, message=f"Through {each}").json()["id"]
        world.settled(job)
        assert [sent["text"] for sent in world.sends(key)] == [f"Through {each}"]


def test_a_key_that_leads_to_a_different_account_brings_no_history_to_hooks(
    world: World, sink: Sink
) -> None:
    other_key = f"pf_{world.name}_other"
    first = asked(world).json()["id"]
    hook = Hooked(world, sink)
    world.inject("Of the first account")
    hook.delivery("delivered")
    given = {"phone": "+14155550123", "message": "Old", "received_at": "2026-01-31T09:00:00Z"}
    world.control("POST", "inbound", given | {"webhook": False}, other_key)
    assert world.call("PATCH", f"/v1/connections/{first}", json={"api_key": other_key}).ok
    until(lambda: "Old" in [each["message"] for each in world.inbox()], "the history")
    now = {"phone": "+14155550123", "message": "New", "webhook": False}
    world.control("POST", "inbound", now, other_key)
    until(lambda: len(hook.calls()) == 2, "the news")
    assert [each.event["message"] for each in hook.calls()] == [
        "Of the first account",
        "New",
    ]


def test_changes_that_come_at_once_all_hold(world: World) -> None:
    made = asked(world).json()["id"]
    changes = [{"label": "Office"}, {"send_endpoint": "chat"}, {"label": "Office"}] * 5
    with ThreadPoolExecutor(15) as crowd:
        answers = crowd.map(
            lambda given: world.call("PATCH", f"/v1/connections/{made}", json=given), changes
        )
        assert {each.status_code for each in answers} == {200}
    found = world.get(f"/v1/connections/{made}")
    assert (found["label"], found["settings"]["send_endpoint"]) == ("Office", "chat")


def test_a_change_does_not_bring_a_removed_connection_back(world: World) -> None:
    own = world.stack.services
    made = asked(world).json()["id"]
    old = connections.get(own, world.name, made)
    assert world.call("DELETE", f"/v1/connections/{made}").ok
    assert not connections.save(own, replace(old, label="Late"), instead_of=old)
    connection_facts.mark(own, old, "A call that came back late.")
    assert not own.db.exists(keys.connection(made))


def test_accounts_that_hang_hold_up_neither_hooks_nor_new_connections(
    world: World, sink: Sink
) -> None:
    silent = [f"pf_{world.name}_silent_{number}" for number in range(2)]
    began = time.monotonic()
    for key in silent:
        world.fault("hang", "", key, times=0)
        made = asked(world, api_key=key)
        assert made.status_code == 201
        assert made.json()["health"] == "failing"
    assert time.monotonic() - began < 2 * 12, "less than one call to each would take"
    began = time.monotonic()
    hook = Hooked(world, sink)
    for each in ("device-status", "low-balance"):
        assert world.post("/v1/hooks", target_url=sink.url("/x"), trigger=each).status_code == 201
    assert time.monotonic() - began < 3 * 12, "six calls that hang would take 72 s"
    good = asked(world)
    assert good.json()["health"] == "ok"
    world.inject("Hello")
    hook.delivery("delivered")
