"""API keys that end, that are rotated, and that an earlier release made."""

from __future__ import annotations

import json
from typing import Any

import requests

from integration.accounts import api_keys
from integration.kernel import times
from integration.kernel.times import parse_strict
from integration.store import clock, keys, lifetimes
from proofs.rig.stack import World


def test_a_rotated_key_opens_for_a_day_and_the_new_one_for_good(world: World) -> None:
    record = world.post("/v1/keys", name="Zapier", scopes=["read"]).json()
    made = world.call("POST", f"/v1/keys/{record['id']}/rotate").json()
    [old] = [each for each in world.get("/v1/keys")["data"] if each["id"] == record["id"]]
    left = parse_strict(old["expires_at"]).timestamp() * 1000 - clock.wall_ms()
    assert 23.9 < left / 3_600_000 <= 24
    assert made["expires_at"] is None
    end(world, record["id"], seconds_ago=1)
    assert called(world, record["key"]).status_code == 401
    assert world.call("POST", f"/v1/keys/{record['id']}/rotate").status_code == 404
    assert called(world, made["key"]).json()["scopes"] == ["read"]


def test_a_key_that_is_rotated_again_has_a_successor_for_good(world: World) -> None:
    """As where the answer to the first call was lost."""
    made = world.post("/v1/keys", name="Zapier").json()
    first, second = (world.call("POST", f"/v1/keys/{made['id']}/rotate").json() for _ in range(2))
    assert (first["expires_at"], second["expires_at"]) == (None, None)
    assert "own_end" not in str(world.get("/v1/keys"))
    end(world, made["id"], seconds_ago=1)
    for each in (first, second):
        assert called(world, each["key"]).status_code == 200


def test_a_key_opens_nothing_from_its_end_on_not_even_where_it_was_cached(world: World) -> None:
    soon = times.from_ms(clock.wall_ms() + 3_600_000)
    made = world.post("/v1/keys", name="Intern", expires_at=soon).json()
    assert made["expires_at"] == called(world, made["key"]).json()["expires_at"] == soon
    for poll in ("message-status", "device-status"):
        assert called(world, made["key"], f"/v1/triggers/{poll}").status_code == 200
    end(world, made["id"], seconds_ago=1)
    for path in ("/v1/me", "/v1/triggers/message-status"):
        answer = called(world, made["key"], path)
        assert answer.status_code == 401
        assert "expired" in answer.json()["message"]
    past = world.post("/v1/keys", name="Late", expires_at="2020-01-01T00:00:00Z")
    assert past.status_code == 422


def test_expired_keys_are_forgotten_after_a_week(world: World) -> None:
    for name, ago in (("kept", 0.5), ("gone", 2)):
        made = world.post("/v1/keys", name=name).json()["id"]
        end(world, made, seconds_ago=int(ago * lifetimes.EXPIRED_KEY_SECONDS))
    api_keys.forget_expired(world.stack.db, world.name)
    assert {each["name"] for each in world.get("/v1/keys")["data"]} == {"tests", "kept"}


def test_a_key_of_release_0_1_0_serves_as_before_and_sees_texts(world: World) -> None:
    made = world.post("/v1/keys", name="Old", scopes=["read"]).json()
    for digest, _, record in api_keys.stored(world.stack.db, world.name):
        if record["id"] == made["id"]:
            old = {name: record[name] for name in record if name not in ("grants", "limits")}
            old = {**old, "scopes": ["read", "write"]}
            world.stack.db.hset(keys.API_KEYS, digest, json.dumps(old))
    assert called(world, made["key"]).json()["scopes"] == ["act", "hooks", "read", "texts"]
    said = world.post("/v1/keys", name="In old words", scopes="read,write").json()
    assert said["scopes"] == ["read", "texts", "act", "hooks"]


def called(world: World, key: str, path: str = "/v1/me", **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return world.call(more.pop("method", "GET"), path, headers=headers, **more)


def end(world: World, key_id: str, *, seconds_ago: int) -> None:
    """Put the key's end into the past, where time will bring it."""
    for digest, _, record in api_keys.stored(world.stack.db, world.name):
        if record["id"] == key_id:
            record["expires_at"] = times.from_ms(clock.wall_ms() - seconds_ago * 1000)
            world.stack.db.hset(keys.API_KEYS, digest, json.dumps(record))
