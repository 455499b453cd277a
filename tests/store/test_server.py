"""What the start and `/readyz` say of servers that cannot keep what Hookline needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.store import durability, server
from integration.store.client import TextStore
from tests.store.real_servers import PROGRAMS, SAFE, as_user, served

EVICTING = ("allkeys-lru", "allkeys-lfu", "allkeys-random")
EXPIRING = ("volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl")


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: Path(program).name)
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TextStore:
    """A server as its packager left it: without an append-only file."""
    with served(request.param, tmp_path_factory.mktemp("plain")) as db:
        yield db


@pytest.fixture(autouse=True)
def keeping(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "plain" in request.fixturenames:
        db = request.getfixturevalue("plain")
        db.config_set("maxmemory-policy", "noeviction")
        db.config_set("appendonly", "no")


def refusal(db: TextStore) -> str:
    """What the start says, "" where it goes on."""
    try:
        durability.at_start(db)
    except SettingsError as error:
        return error.message
    return ""


def told(db: TextStore) -> list[str]:
    return durability.complaints(db, server.facts(db))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: Path(program).name)
def test_a_cluster_is_refused_in_one_line(program: str, tmp_path: Path) -> None:
    with served(program, tmp_path, "--cluster-enabled", "yes") as db:
        said = refusal(db)
    assert said.startswith("REDIS_URL names a cluster, which RQ cannot use")
    assert "\n" not in said


def test_a_server_of_every_version_at_hand_is_served(plain: TextStore) -> None:
    assert refusal(plain) == ""
    found = server.facts(plain)
    assert found["mode"] == "standalone"
    room = server.room(found)
    assert (room.used, room.allowed) == (found["connected_clients"], found["maxclients"])
    assert room.used
    assert room.ok


@pytest.mark.parametrize("policy", EVICTING)
def test_a_server_that_may_drop_any_key_stops_the_start(plain: TextStore, policy: str) -> None:
    plain.config_set("maxmemory-policy", policy)
    said = refusal(plain)
    assert said.startswith("REDIS_URL names a server that drops queued texts when it is full")
    assert f"{policy}. Set it to noeviction." in said
    assert any("drops queued texts" in each for each in told(plain))


@pytest.mark.parametrize("policy", EXPIRING)
def test_a_server_that_may_drop_what_expires_is_named_with_that(
    plain: TextStore, policy: str
) -> None:
    plain.config_set("maxmemory-policy", policy)
    assert refusal(plain) == ""
    [said] = [each for each in told(plain) if policy in each]
    assert "drops what hooks are owed, idempotency keys and marks of messages" in said


def test_a_store_that_keeps_nothing_is_reported_with_the_plan_to_take(
    plain: TextStore,
) -> None:
    [said] = told(plain)
    assert said.startswith("The store's append-only file is off")
    assert "heroku-redis:premium-0" in said
    plain.config_set("appendonly", "yes")
    assert told(plain) == []


def test_what_a_user_without_info_leaves_unknown_is_said(plain: TextStore) -> None:
    with as_user(plain, *SAFE) as few:
        found = server.facts(few)
        assert "Give that user +info" in server.unknown(found)
        assert told(few) == []
        assert server.room(found) == server.Room(used=None, allowed=None)
        plain.execute_command("ACL", "SETUSER", "few", "+info")
        assert server.unknown(server.facts(few)) == ""


@pytest.mark.parametrize(
    ("used", "allowed", "ok", "word"),
    [
        (18, 40, True, "18 of 40 connections are in use."),
        (18, 20, True, "a plan that allows 36 or more"),
        (19, 20, False, "19 of 20"),
        (None, None, True, "does not say"),
    ],
)
def test_the_room_for_a_deploy_is_reported(
    used: int | None, allowed: int | None, ok: bool, word: str
) -> None:
    room = server.Room(used=used, allowed=allowed)
    assert room.ok is ok
    assert word in room.detail


def test_an_older_server_is_refused_by_its_version() -> None:
    with pytest.raises(SettingsError, match=r"a server of version 6\.0\.16; take Redis 6\.2"):
        server.refuse({"version": "6.0.16", "mode": "standalone"})


def test_a_sentinel_is_no_store() -> None:
    with pytest.raises(SettingsError, match=r"names a Sentinel; write redis\+sentinel://"):
        server.refuse({"version": "7.2.4", "mode": "sentinel"})


def test_a_server_near_its_last_connection_is_degraded(own: Services) -> None:
    from integration.app import create

    own.db.config_set("maxclients", 4)
    try:
        found = create(own).test_client().get("/readyz").get_json()["checks"]["connections"]
    finally:
        own.db.config_set("maxclients", 10000)
    assert found["allowed"] == 4
    assert found["used"] > 0
    assert found["ok"] is (found["used"] <= server.CROWDED * 4)


def test_a_full_store_is_called_full_and_not_away(own: Services) -> None:
    from integration.app import create

    own.db.config_set("maxmemory", 1)
    try:
        answer = create(own).test_client().get("/readyz")
    finally:
        own.db.config_set("maxmemory", 0)
    assert answer.status_code == 503
    assert "no memory left" in answer.get_json()["checks"]["store"]["detail"]
