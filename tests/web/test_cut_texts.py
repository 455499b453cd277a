"""A text that a gateway cut within an emoji is shown by every answer, page, table and command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from integration.accounts import api_keys
from integration.accounts.connections import Connection
from integration.app import create
from integration.cli import main
from integration.kernel.events import MESSAGE
from integration.schema.mcp_tools import FEED_TOOL
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.console.visitor import Page
from tests.delivery.drains import WORKSPACE, receive

CUT, PHONE = "See you tomorrow \ud83d", "+14155550123"
ID = "sms_cutwithinanemoji"
POLLS = ("/v1/triggers/inbound-sms", "/v1/triggers/inbound-sms/sample", "/v1/triggers/latest-sms")
PATHS = [
    *(*POLLS, "/v1/activity", f"/v1/activity/{ID}"),
    *("/zapier/inbound-sms", "/zapier/latest-sms"),
]


@pytest.fixture(autouse=True)
def text(own: Services, connection: Connection) -> None:
    """Earlier releases kept such a text with half a surrogate pair as an escape."""
    receive(own, connection, "A plain text")
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    own.db.hset(keys.sync_state(connection.id), mapping={"tried_ms": now_ms(), "synced_ms": 1})
    inbox = keys.inbox(WORKSPACE, MESSAGE)
    [(_, fields)] = own.db.xrange(inbox)
    own.db.xadd(inbox, {"e": json.dumps(json.loads(fields["e"]) | {"id": ID, "message": CUT})})


def key_with(own: Services, *scopes: str) -> str:
    return api_keys.create(own.db, WORKSPACE, "A key", scopes=scopes)[1]


@pytest.fixture
def console(own: Services) -> Iterator[FlaskClient]:
    with create(own).test_client() as client:
        form = Page(client.get("/console/sign-in").text).forms
        token = next(str(each["csrf"]) for each in form.values() if each.get("csrf"))
        given = {"csrf": token, "key": key_with(own, "read", "texts", "act")}
        client.post("/console/sign-in", data=given)
        yield client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scopes", [("read", "texts"), ("read",)])
def test_every_answer_has_it(own: Services, path: str, scopes: tuple[str, ...]) -> None:
    answer = create(own).test_client().get(path, headers={"X-API-Key": key_with(own, *scopes)})
    assert answer.status_code == 200
    told = json.dumps(json.loads(answer.data))
    assert ("See you tomorrow \\ud83d" in told) == ("texts" in scopes)


def test_an_assistant_is_given_it(own: Services) -> None:
    call = {"name": FEED_TOOL, "arguments": {}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"X-API-Key": key_with(own, "read", "texts"), "Accept": "application/json"}
    answer = create(own).test_client().post("/mcp", json=asked, headers=headers)
    rows = json.loads(answer.data)["result"]["structuredContent"]["data"]
    assert CUT in [row["message"] for row in rows]


@pytest.mark.parametrize(
    "path",
    [
        "/console/activity",
        f"/console/activity/{ID}",
        "/console/activity/export",
        f"/console/conversation?phone=%2B{PHONE[1:]}",
    ],
)
def test_the_console_shows_it(console: FlaskClient, connection: Connection, path: str) -> None:
    more = f"&connection={connection.id}" if "?" in path else ""
    answer = console.get(path + more)
    assert answer.status_code == 200
    assert "See you tomorrow \ufffd" in answer.text


@pytest.mark.parametrize("words", [["activity"], ["activity", "--json"], ["activity", ID]])
def test_the_command_line_prints_it(
    own: Services,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    words: list[str],
) -> None:
    monkeypatch.setenv("REDIS_URL", own.settings.redis_url)
    monkeypatch.setenv("SECRET_KEY", own.settings.secret_key)
    with open(1, "w", encoding="utf-8", closefd=False) as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main.main([*words, "--workspace", WORKSPACE]) == 0
    assert rb"See you tomorrow \ud83d" in capfdbinary.readouterr().out
