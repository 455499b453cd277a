"""The backlog of a workspace is bounded: beyond it, an action answers 429 and accepts nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from integration.accounts import api_keys, connections
from integration.accounts.connections import Connection
from integration.app import create
from integration.services import Services
from integration.store import keys
from proofs.rig.stack import NEXT_YEAR
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import DEVICE, PHONE, Desk
from tests.jobs.lane_desk import SENT, ended, lost, taken

BACKLOG = 4
LATER = f"{NEXT_YEAR}T09:00:00Z"


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    few = replace(own, settings=replace(own.settings, backlog=BACKLOG))
    return Desk(few, connection)


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return create(desk.own).test_client()


def sent(
    desk: Desk, client: FlaskClient, workspace: str = WORKSPACE, **more: object
) -> TestResponse:
    _, key = api_keys.create(desk.own.db, workspace, "Front desk")
    body = {"phone": PHONE, "message": "Hello", "device_fingerprint": DEVICE} | more
    return client.post("/v1/actions/send-sms", json=body, headers={"X-API-Key": key})


def test_one_job_more_than_may_wait_is_refused_with_a_time_to_try_again(
    desk: Desk, client: FlaskClient
) -> None:
    for _ in range(BACKLOG):
        assert sent(desk, client).status_code == 202
    refused = sent(desk, client)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert f"at most {BACKLOG} may wait" in refused.get_json()["message"]
    assert desk.own.db.llen(keys.jobs(WORKSPACE)) == BACKLOG
    ended(desk, taken(desk))
    assert sent(desk, client).status_code == 202


def test_a_batch_counts_with_all_its_jobs(desk: Desk, client: FlaskClient) -> None:
    phones = [f"+1415555000{number}" for number in range(BACKLOG)]
    desk.job()
    assert sent(desk, client, phone=phones).status_code == 429
    assert sent(desk, client, phone=phones[1:]).status_code == 202


def test_scheduled_jobs_and_lost_outcomes_count_and_cancelled_ones_do_not(
    desk: Desk, client: FlaskClient
) -> None:
    desk.job()
    lost(desk, taken(desk), "answered")
    jobs = [sent(desk, client, schedule_at=LATER).get_json()["id"] for _ in range(BACKLOG - 1)]
    assert sent(desk, client).status_code == 429
    _, key = api_keys.create(desk.own.db, WORKSPACE, "Front desk")
    assert client.delete(f"/v1/jobs/{jobs[0]}", headers={"X-API-Key": key}).status_code == 200
    assert sent(desk, client).status_code == 202


def test_all_accounts_of_a_workspace_count_together_and_no_other_workspace(
    desk: Desk, client: FlaskClient
) -> None:
    first = {"connection": desk.connection.id}
    for workspace, number in ((WORKSPACE, 2), ("v", 3)):
        given = {"api_key": f"pf_{number}", "base_url": "http://127.0.0.1:9"}
        made = connections.make(workspace=workspace, provider="pairfon", label="P", settings=given)
        connections.save(desk.own, made)
        for _ in range(2):
            Desk(desk.own, made).job()
    for _ in range(BACKLOG - 2):
        assert sent(desk, client, **first).status_code == 202
    assert sent(desk, client, **first).status_code == 429
    assert sent(desk, client, "v").status_code == 202


def test_a_repeated_call_is_answered_also_where_too_many_wait(
    desk: Desk, client: FlaskClient
) -> None:
    given = {"idempotency_key": "one"}
    first = sent(desk, client, **given).get_json()["id"]
    for _ in range(BACKLOG - 1):
        sent(desk, client)
    again = sent(desk, client, **given)
    assert (again.status_code, again.get_json()["id"]) == (202, first)


def test_no_job_is_in_two_places_of_its_lane_or_in_none(desk: Desk) -> None:
    lane = desk.connection.id
    made = desk.batch(3)
    ended(desk, taken(desk), SENT)
    lost(desk, taken(desk))
    places = [keys.lane_due(lane), keys.lane_asks(lane), keys.lane_out(lane)]
    held = [each for place in places for each in desk.own.db.zrange(place, 0, -1)]
    assert sorted(held) == sorted(made[1:])
