"""Calls that are valid, or merely odd: no 500, and nothing dropped in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from integration.accounts import api_keys, connections
from integration.accounts.connections import Connection
from integration.app import create
from integration.services import Services
from integration.store import keys
from integration.web.core.answers import Reply
from tests.delivery.drains import WORKSPACE

PAIRFON = {"provider": "pairfon", "api_key": "pf_x", "base_url": "http://127.0.0.1:9"}
TWILIO = {
    "provider": "twilio",
    "account_sid": "AC" + "0" * 32,
    "base_url": "http://127.0.0.1:9",
}


@pytest.fixture
def client(own: Services) -> FlaskClient:
    """It calls with a key that may do everything."""
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    found = create(own).test_client()
    key = api_keys.create(own.db, WORKSPACE, "Admin")[1]
    found.environ_base["HTTP_X_API_KEY"] = key
    return found


def said(answer: TestResponse) -> Any:
    return json.loads(answer.data)


@pytest.mark.parametrize("slot", ["", " ", "\u200b", None])
def test_a_blank_sim_is_the_first_one(
    client: FlaskClient, connection: Connection, slot: str | None
) -> None:
    text = {"device_fingerprint": "phone-1", "phone": "+14155550123", "message": "Hello"}
    answer = client.post("/zapier/send-sms", json={**text, "sim_slot": slot})
    assert (answer.status_code, said(answer)["sim_slot"]) == (200, "SIM1")


def test_a_key_without_any_scope_is_refused(client: FlaskClient) -> None:
    answer = client.post("/v1/keys", json={"name": "x", "scopes": []})
    assert answer.status_code == 422
    assert "one scope at least" in said(answer)["errors"]["scopes"][0]


def test_an_account_that_is_there_takes_its_new_secret_and_name(
    client: FlaskClient, own: Services
) -> None:
    first = client.post("/v1/connections", json={**TWILIO, "auth_token": "old", "label": "Old"})
    assert first.status_code == 201
    again = client.post("/v1/connections", json={**TWILIO, "auth_token": "new", "label": "New"})
    assert (again.status_code, said(again)["id"]) == (200, said(first)["id"])
    kept = connections.get(own, WORKSPACE, said(first)["id"])
    assert (kept.label, kept.settings["auth_token"]) == ("New", "new")


def test_what_such_a_call_leaves_out_stays(client: FlaskClient, own: Services) -> None:
    more = {"auth_token": "old", "label": "Mine", "sender_id": "+14155550100"}
    first = client.post("/v1/connections", json={**TWILIO, **more, "pacing": {"gap_seconds": 2}})
    client.post("/v1/connections", json={**TWILIO, "auth_token": "old"})
    kept = connections.get(own, WORKSPACE, said(first)["id"])
    assert (kept.label, kept.settings["sender_id"]) == ("Mine", "+14155550100")
    shown = said(client.get(f"/v1/connections/{kept.id}"))
    assert shown["pacing"]["gap_seconds"] == 2


@pytest.mark.parametrize("label", [{"a": 1}, "x" * 150])
def test_a_name_that_is_refused_at_first_is_refused_later(
    client: FlaskClient, connection: Connection, label: Any
) -> None:
    calls = (
        client.post("/v1/connections", json={**PAIRFON, "label": label}),
        client.patch(f"/v1/connections/{connection.id}", json={"label": label}),
    )
    assert [each.status_code for each in calls] == [422, 422]


def test_a_tool_call_with_numbers_for_words_is_refused_with_the_words(client: FlaskClient) -> None:
    asked = {"name": "list_activity", "arguments": {"direction": [1]}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
    answer = client.post("/mcp", json=call)
    assert answer.status_code == 200
    assert "There is no direction 1" in answer.text


def test_what_is_no_json_is_read_as_its_text() -> None:
    assert Reply(b"phone\r\n", mimetype="text/csv; charset=utf-8").read() == "phone\r\n"


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("time", ["2026-01-31T09:00:00+01:00", "2026-01-31T09:00:00.5+0100"])
def test_a_plus_in_a_query_need_not_be_encoded(client: FlaskClient, name: str, time: str) -> None:
    assert client.get(f"/v1/activity?{name}={time}").status_code == 200


def test_a_time_without_an_offset_is_no_time(client: FlaskClient) -> None:
    for time in ("2026-01-31 09:00", "2026-01-31T09:00:00", "2026-01-31 09:00:00"):
        answer = client.get("/v1/activity", query_string={"since": time})
        assert (answer.status_code, *said(answer)["errors"]) == (422, "since")
