"""`hookline doctor`: what it finds wrong, and its exit status."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.cli import main
from integration.services import Services
from integration.store import heartbeat, keys

KINDS = ("worker", "deliveries", "scheduler")


@pytest.fixture
def account(own: Services, connection: Connection) -> Connection:
    own.db.sadd(keys.WORKSPACES, connection.workspace)
    return connection


@pytest.fixture
def shell(own: Services, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of the command; all parts of the service are alive."""
    for each in KINDS:
        heartbeat.beat(own.db, each)
        own.db.persist(keys.heartbeat(each))  # nothing beats here again, however long a test takes
    made = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    monkeypatch.setattr("os.environ", made)
    return made


def told(capsys: pytest.CaptureFixture[str], code: int) -> Any:
    assert main.main(["doctor", "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_service_that_is_well_ends_with_0(
    own: Services, shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, 0)
    assert found["ok"]
    assert {"settings", "server", "clock", "store", "credentials", "worker", "public_url"} <= set(
        found["checks"]
    )
    assert main.main(["doctor"]) == 0
    assert all(line.startswith("ok ") for line in capsys.readouterr().out.splitlines())


def test_it_counts_the_processes_that_live(
    own: Services, shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name, days in {"one": 0, "two": 0, "gone": 1}.items():
        seen = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        record = {"queues": keys.RQ_ACTIONS, "last_heartbeat": seen, "birth": seen}
        own.db.hset(keys.rq_worker(name), mapping=record)
        own.db.sadd(keys.rq_workers(), f"rq:worker:{name}")
    checks = told(capsys, 0)["checks"]
    assert checks["worker"]["detail"].endswith("ago. 2 processes run.")
    assert checks["deliveries"]["detail"].endswith("ago. 0 processes run.")


def test_a_dead_worker_a_wrong_address_and_an_unknown_key_are_named(
    own: Services, account: Connection, shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own.db.delete(keys.heartbeat("worker"))
    shell |= {"PUBLIC_URL": "http://127.0.0.1:9", "ALLOW_PRIVATE_TARGETS": "1"}
    checks = told(capsys, 1)["checks"]
    wrong = {name for name, each in checks.items() if not each["ok"]}
    assert wrong >= {"worker", "public_url", f"account {account.id}"}
    assert "pf_nothing" not in json.dumps(checks)


def test_a_wrong_secret_key_names_each_account(
    account: Connection, shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    shell["SECRET_KEY"] = "fedcba9876543210" * 2
    checks = told(capsys, 1)["checks"]
    assert not checks["credentials"]["ok"]
    assert "SECRET_KEY" in checks[f"account {account.id}"]["detail"]


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [("SECRET_KEY", "short", "settings"), ("REDIS_URL", "redis://127.0.0.1:9", "store")],
)
def test_what_ends_the_look_is_said(
    shell: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    check: str,
) -> None:
    shell[name] = value
    assert not told(capsys, 1)["checks"][check]["ok"]


def test_a_server_that_drops_texts_is_said_beside_settings_that_are_right(
    own: Services, shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own.db.config_set("maxmemory-policy", "allkeys-lru")
    try:
        checks = told(capsys, 1)["checks"]
    finally:
        own.db.config_set("maxmemory-policy", "noeviction")
    assert checks["settings"]["ok"]
    assert "Set it to noeviction" in checks["server"]["detail"]


def test_a_store_without_room_is_said_with_its_mend(
    own: Services, shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own.db.config_set("maxmemory", 1)
    try:
        assert "raise its maxmemory" in told(capsys, 1)["checks"]["store"]["detail"]
        assert main.main(["release"]) == 1
    finally:
        own.db.config_set("maxmemory", 0)
    assert "raise its maxmemory" in capsys.readouterr().err


def test_a_store_that_is_a_replica_is_said_with_its_mend(
    own: Services, shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own.db.replicaof("127.0.0.1", "9")
    try:
        assert main.main(["release"]) == 1
    finally:
        own.db.replicaof("NO", "ONE")
    assert "name its primary" in capsys.readouterr().err


def test_a_database_that_is_not_there_is_said_with_its_mend(
    shell: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    shell["REDIS_URL"] += "?db=99"
    assert main.main(["release"]) == 1
    assert "no database of that number" in capsys.readouterr().err
