"""The account that a job called: only that one is asked, and a wrong SECRET_KEY loses no job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import responses

from integration import services
from integration.accounts import connecting, connection_facts, connections
from integration.accounts.connections import Connection
from integration.jobs import ledger, perform
from integration.jobs.record import Job
from integration.kernel import times
from integration.runtime import stopping
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from tests.jobs.history import Desk

ANOTHER = {"api_key": "pf_another"}


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


@pytest.fixture
def strange(own: Services) -> Iterator[Services]:
    """A process whose SECRET_KEY is not the one that the accounts were stored under."""
    found = services.build(replace(own.settings, secret_key="fedcba9876543210" * 2))
    yield found
    found.db.close()


def after(desk: Desk, job: str) -> Job:
    """The job after a run of it that makes no call."""
    with responses.RequestsMock():
        perform.run(job)
    found = ledger.by_id(desk.own, job)
    assert found
    return found


def change(desk: Desk, **settings: str) -> None:
    def merged(old: Connection) -> Connection:
        return replace(old, label="Renamed", settings={**old.settings, **settings})

    connecting.change(desk.own, desk.connection.workspace, desk.connection.id, merged)


@pytest.mark.parametrize("settings", [ANOTHER, {"base_url": "http://127.0.0.1:8"}])
def test_another_account_is_not_asked_for_the_outcome(desk: Desk, settings: dict[str, str]) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    change(desk, **settings)
    found = after(desk, job)
    assert found.status == "unknown"
    assert "was given another account since" in found.message


def test_a_removed_account_leaves_an_unknown_outcome_unknown(desk: Desk) -> None:
    job, waiting = desk.job(), desk.job()
    desk.lost(desk.claim(job))
    connections.forget(desk.own, desk.connection)
    found = after(desk, job)
    assert found.status == "unknown"
    assert "was removed" in found.message
    assert after(desk, waiting).status == "failed"


def test_a_new_name_of_the_connection_changes_no_account(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    before = desk.claim(job).job.account
    change(desk)
    desk.again(job)
    held = desk.claim(job)
    assert held.job.account == before == held.account["account"]


def test_a_call_that_was_proved_unsent_goes_through_the_account_of_now(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    assert desk.asked(job).status == "queued"
    change(desk, **ANOTHER)
    held = desk.claim(job)
    assert (held.mode, held.job.account) == ("send", held.account["account"])


def test_a_record_of_an_older_release_names_no_account(desk: Desk) -> None:
    """Its call went to the account that the connection had until it was saved again."""
    name = keys.connection(desk.connection.id)
    desk.own.db.hdel(name, "account")
    kept, changed = desk.job(), desk.job()
    desk.lost(desk.claim(kept))
    assert desk.asked(kept).status == "queued"
    desk.lost(desk.claim(changed))
    change(desk, **ANOTHER)
    assert after(desk, changed).status == "unknown"


def test_a_wrong_key_lets_jobs_wait_with_a_reason_and_an_alarm(
    desk: Desk, strange: Services, caplog: pytest.LogCaptureFixture
) -> None:
    fresh, lost = desk.job(), desk.job()
    desk.lost(desk.claim(lost))
    stopping.use(strange)
    for job, status in ((fresh, "queued"), (lost, "sending")):
        found = after(desk, job)
        assert found.status == status
        assert found.message.startswith("Waiting. SECRET_KEY is not the one")
        assert [found] == ledger.explained(desk.own, [found]), "not for the provider"
    facts = connections.get(desk.own, desk.connection.workspace, desk.connection.id).facts
    assert (facts["health"], "SECRET_KEY" in facts["health_detail"]) == ("failing", True)
    desk.own.db.hdel(keys.job(fresh), "due_ms")
    assert after(desk, fresh).status == "queued"
    assert (
        caplog.text.count(f"{fresh} waits, for {desk.connection.id} cannot be opened: SECRET") == 1
    )
    assert "pf_nothing" not in caplog.text


def test_a_text_that_is_not_sent_tells_nothing_of_its_account(desk: Desk) -> None:
    connection_facts.mark(desk.own, desk.connection, "Pairfon does not accept the API key.")
    found = after(desk, desk.job(valid_until=times.from_ms(wall_ms() - 1_000)))
    assert (found.status, (found.error or {})["code"]) == ("failed", "too_late")
    facts = connections.get(desk.own, desk.connection.workspace, desk.connection.id).facts
    assert (facts["health"], facts["health_detail"]) == (
        "failing",
        "Pairfon does not accept the API key.",
    )


def test_once_the_key_is_right_they_go_on(desk: Desk, strange: Services) -> None:
    job = desk.job()
    stopping.use(strange)
    assert after(desk, job).status == "queued"
    stopping.use(desk.own)
    desk.own.db.hdel(keys.job(job), "due_ms")
    held = desk.claim(job)
    assert held.mode == "send"
    assert connections.opened(desk.own, held.account) is not None


def test_a_damaged_record_of_a_connection_waits_for_a_new_one(desk: Desk) -> None:
    job = desk.job()
    desk.own.db.hset(keys.connection(desk.connection.id), "created_ms", "once")
    found = after(desk, job)
    assert found.status == "queued"
    assert "connect the account again" in found.message
