"""SECRET_KEY changes: the old key opens what it sealed, and a rotation makes it needless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

import pytest

from integration import services
from integration.accounts import (
    bootstrap,
    connection_cache,
    connections,
    gate,
    ingress_urls,
    pacing,
    sending_rules,
)
from integration.accounts.connections import Connection
from integration.cli import main
from integration.hooks import signing_secrets, subscriptions
from integration.inbound import ingress_address
from integration.jobs import accept, duplicates
from integration.jobs.accept import AcceptOptions
from integration.kernel.errors import NotFound, SettingsError
from integration.services import Services
from integration.store import keys
from integration.upkeep import rotation
from tests.delivery.drains import WORKSPACE, subscribe

NEW = "fedcba9876543210" * 2
PROMISED = {"pairfon": {"api_key": "pf_of_the_environment"}}


class Under(Protocol):
    def __call__(self, key: str, *old: str, **settings: object) -> Services: ...


@pytest.fixture
def under(own: Services) -> Iterator[Under]:
    """Makes services over the same store with other keys."""
    with ExitStack() as stack:

        def build(key: str, *old: str, **settings: object) -> Services:
            changed = {"secret_key": key, "old_secret_keys": old, **settings}
            found = services.build(replace(own.settings, **changed))  # type: ignore[arg-type]  # settings of several types
            stack.callback(found.db.close)
            return found

        yield build


def test_an_old_key_opens_what_it_sealed_and_seals_nothing(
    own: Services, connection: Connection, under: Under
) -> None:
    hook = subscribe(own)
    both = under(NEW, own.settings.secret_key)
    opened = stored(both, connection)
    assert opened
    assert opened.settings == connection.settings
    found = subscriptions.by_id(both, hook.id)
    assert found
    assert signing_secrets.keys_of(found) == signing_secrets.keys_of(hook)
    with pytest.raises(SettingsError):
        own.vault.open(both.vault.seal(["new"]))


def test_an_address_of_the_old_key_stays_valid(
    own: Services, connection: Connection, under: Under
) -> None:
    old = ingress_urls.token(own, connection.id)
    both = under(NEW, own.settings.secret_key)
    new = ingress_urls.token(both, connection.id)
    assert new != old
    for each in (old, new, old):
        assert ingress_address.account_of(both, "pairfon", each).connection.id == connection.id
    alone = under(NEW, "a key that was never used")
    with pytest.raises(NotFound):
        ingress_address.connection_of(alone, "pairfon", old)


def accepted(own: Services, connection: Connection) -> str:
    """How a text that refuses its duplicates is accepted."""
    values = {"phone": ["+14155550123"], "message": "hello", "deduplicate_within": 3600}
    action, rules = own.catalog.action("send_sms"), sending_rules.stored(own.db, WORKSPACE)
    options = AcceptOptions(
        stamp=connection_cache.of(own, WORKSPACE).stamp,
        backlog=1000,
        texts=duplicates.texts(own, WORKSPACE, action, values, rules),
        pepper=pacing.pepper(own),
    )
    command = accept.command(connection, action, values, options)
    return str(command.call(gate.ADMITTED).run(own.db)[3])


def test_a_text_is_known_as_a_duplicate_across_a_change_of_the_key(
    own: Services, connection: Connection, under: Under
) -> None:
    """Also to processes of before, which run beside the new ones."""
    both, alone = under(NEW, own.settings.secret_key), under(NEW)
    assert [accepted(own, connection), accepted(both, connection)] == ["made", "met"]
    own.db.delete(*own.db.scan_iter(keys.texts(WORKSPACE, "*")))
    assert accepted(both, connection) == "made"
    assert [accepted(each, connection) for each in (own, alone)] == ["met", "met"]


def test_a_rotation_leaves_nothing_under_the_old_key(
    own: Services, connection: Connection, under: Under
) -> None:
    hook, state = subscribe(own), keys.sync_state(connection.id)
    own.db.hset(state, "registered", own.vault.seal("https://us.example/ingress"))
    before = stored(own, connection)
    assert before
    with own.db.pipeline() as pipe:
        connections.leave(pipe, connections._packed(before))
        pipe.execute()
    connections.save(
        own,
        replace(connection, settings={"api_key": "pf_other"}),
        instead_of=before,
    )
    both, new = under(NEW, own.settings.secret_key), under(NEW)
    own.db.sadd(keys.WORKSPACES, connection.workspace)
    assert stored(new, connection) is None
    stamp = own.db.get(keys.connections_stamp(connection.workspace))
    told = rotation.rotate(both)
    assert (told["resealed"], told["unopened"]) == (4, [])
    assert int(str(told["looked_at"])) >= 3
    assert own.db.get(keys.connections_stamp(connection.workspace)) != stamp
    assert stored(new, connection)
    found = subscriptions.by_id(new, hook.id)
    assert found
    assert found.target_url == hook.target_url
    assert new.vault.open(own.db.hget(state, "registered")) == "https://us.example/ingress"
    again = rotation.rotate(both)
    assert (again["resealed"], again["unopened"]) == (0, [])


def stored(own: Services, connection: Connection) -> Connection | None:
    return connections.by_id(own, connection.id)


def test_a_rotation_names_what_no_key_opens_and_touches_none_of_it(
    own: Services, connection: Connection, under: Under
) -> None:
    subscribe(own)
    own.db.sadd(keys.WORKSPACES, connection.workspace)
    before = {name: own.db.hgetall(name) for name in own.db.scan_iter("hl:connection:*")}
    told = rotation.rotate(under(NEW))
    assert len(told["unopened"]) == 2  # type: ignore[arg-type]  # object: JSON
    assert "OLD_SECRET_KEYS" in str(told["message"])
    assert {name: own.db.hgetall(name) for name in before} == before


def test_what_something_else_wrote_stops_no_rotation(
    own: Services, connection: Connection, under: Under
) -> None:
    wrong = keys.connection("conn_a")
    own.db.sadd(keys.CONNECTIONS, "conn_a")
    own.db.set(wrong, "something else wrote it")
    assert rotation.rotate(under(NEW, own.settings.secret_key))["unopened"] == [wrong]
    assert stored(under(NEW), connection)


def test_a_wrong_key_leaves_the_connection_of_the_environment_as_it_is(
    own: Services, under: Under
) -> None:
    """It would take what came in meanwhile for history, and register another address."""
    bootstrap.ensure(replace(own, settings=replace(own.settings, providers=PROMISED)))
    before = own.db.hgetall(keys.connection("conn_pairfon"))
    wrong = under(NEW, providers=PROMISED)
    bootstrap.ensure(wrong)
    assert own.db.hgetall(keys.connection("conn_pairfon")) == before
    assert connections.listed(wrong, bootstrap.DEFAULT) == []


def test_a_rotation_without_the_old_key_takes_what_the_environment_names(
    own: Services, under: Under
) -> None:
    bootstrap.ensure(replace(own, settings=replace(own.settings, providers=PROMISED)))
    own.db.hset(keys.sync_state("conn_pairfon"), "registered", own.vault.seal("https://old"))
    lost = under(NEW, providers=PROMISED)
    assert rotation.rotate(lost)["unopened"] == []
    [found] = connections.listed(lost, bootstrap.DEFAULT)
    assert dict(found.settings) == PROMISED["pairfon"]
    assert own.db.hget(keys.sync_state("conn_pairfon"), "registered") == ""


def test_the_command_rotates_and_ends_with_1_while_something_stays_sealed(
    own: Services,
    connection: Connection,
    under: Under,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": NEW}
    monkeypatch.setattr("os.environ", environment)
    assert main.main(["rotate-secret-key"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["unopened"] == [keys.connection(connection.id)]
    assert "OLD_SECRET_KEYS and run this again" in told["message"]
    environment["OLD_SECRET_KEYS"] = f"a-key-before-all-others, {own.settings.secret_key}"
    assert main.main(["rotate-secret-key"]) == 0
    assert stored(under(NEW), connection)
