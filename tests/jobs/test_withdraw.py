"""A call that the store's replicas did not confirm: what is taken back, and what is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.accounts import api_keys, connection_cache, gate
from integration.accounts.connections import Connection
from integration.app import create
from integration.jobs import accept, withdraw
from integration.jobs.accept import AcceptCommand, AcceptOptions
from integration.jobs.withdraw import Unconfirmed
from integration.services import Services
from integration.store import client, keys, replicas
from integration.store.pipeline import Line
from integration.store.replicas import NotReplicated
from proofs.rig.ports import free_port
from tests.jobs.history import PHONE, TEXT, Desk


@pytest.fixture
def asking(own: Services) -> Services:
    """Services that want a replica of a store that has none."""
    settings = replace(own.settings, store_replicas=1)
    return replace(own, settings=settings, line=Line(own.db.connection_pool, 1))


def committed(asking: Services, connection: Connection, *phones: str) -> AcceptCommand:
    """A call, as far as its script."""
    values = {"phone": list(phones), "message": TEXT, "device_fingerprint": "phone-1"}
    stamp = connection_cache.of(asking, connection.workspace).stamp
    options = AcceptOptions(stamp=stamp, pepper="", backlog=1000, key="key", digest="digest")
    made = accept.command(connection, asking.catalog.action("send_sms"), values, options)
    assert made.call(gate.ADMITTED).run(asking.db)[3:] == ["made", ""]
    return made


def unconfirmed(asking: Services, made: AcceptCommand) -> None:
    with withdraw.withdrawing(asking, made):
        raise NotReplicated


def test_what_a_store_without_its_replica_took_is_not_confirmed(asking: Services) -> None:
    call = gate.REFUSE(failures="hl:quota:t", limit=1, length=1000)
    with pytest.raises(NotReplicated):
        replicas.kept(asking.db, call, 1)
    with pytest.raises(NotReplicated):
        replicas.confirm(asking.db, 1, ("EXISTS", "hl:quota:t"))
    assert replicas.count(asking.db, 1) == 0


def test_all_of_a_call_is_taken_back(asking: Services, connection: Connection) -> None:
    before = set(asking.db.scan_iter())
    made = committed(asking, connection, PHONE, "+14155550124")
    with pytest.raises(NotReplicated):
        unconfirmed(asking, made)
    left = set(asking.db.scan_iter()) - {
        *before,
        keys.LANES,
        keys.jobs(connection.workspace),
        keys.MEASURES,
    }
    assert [name for name in left if not name.startswith("rq:")] == []
    committed(asking, connection, PHONE)


def test_a_job_that_a_process_has_claimed_is_named(
    asking: Services, connection: Connection
) -> None:
    made = committed(asking, connection, PHONE)
    Desk(replace(asking, settings=replace(asking.settings, store_replicas=0)), connection).claim(
        made.jobs[0].id
    )
    with pytest.raises(Unconfirmed) as caught:
        unconfirmed(asking, made)
    assert caught.value.problem() == {"job_id": made.jobs[0].id}
    assert made.jobs[0].id in caught.value.message


def test_the_batch_is_named_where_the_store_cannot_be_asked(
    asking: Services, connection: Connection
) -> None:
    made = committed(asking, connection, PHONE, "+14155550124")
    away = replace(asking, db=client.connect(f"redis://127.0.0.1:{free_port()}"))
    with pytest.raises(Unconfirmed) as caught:
        unconfirmed(away, made)
    assert caught.value.name == made.jobs[0].batch_id


def test_without_replicas_asked_for_nothing_is_taken_back(
    own: Services, connection: Connection
) -> None:
    made = committed(own, connection, PHONE)
    with pytest.raises(NotReplicated):
        unconfirmed(own, made)
    assert own.db.exists(keys.job(made.jobs[0].id))


def test_what_stands_under_a_key_is_given_again_only_where_the_replicas_have_it(
    asking: Services, connection: Connection
) -> None:
    committed(asking, connection, PHONE)
    options = AcceptOptions(stamp="", pepper="", key="key", digest="digest")
    action = asking.catalog.action("send_sms")
    with pytest.raises(NotReplicated):
        accept.earlier(asking, connection.workspace, action, options)


def test_a_call_that_can_be_neither_confirmed_nor_taken_back_is_no_success(
    asking: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a worker claims the job at that moment."""

    def claimed(_: Services, sent: AcceptCommand) -> bool:
        own = replace(asking, settings=replace(asking.settings, store_replicas=0))
        Desk(own, connection).claim(sent.jobs[0].id)
        return False

    monkeypatch.setattr(withdraw, "_withdrawn", claimed)
    _, key = api_keys.create(asking.db, connection.workspace, "tests")
    answer = (
        create(asking)
        .test_client()
        .post(
            "/v1/actions/send-sms",
            json={"phone": PHONE, "message": TEXT, "device_fingerprint": "phone-1"},
            headers={"X-API-Key": key, "Idempotency-Key": "key"},
        )
    )
    assert answer.status_code == 503
    assert answer.get_json()["job_id"].startswith("job_")
