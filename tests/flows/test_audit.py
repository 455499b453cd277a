"""The audit list: who did what, shown to those who may see it, without a secret."""

from __future__ import annotations

import json

import pytest

from integration.store import clock, keys
from proofs.rig.sink import Sink
from proofs.rig.stack import Stack, World
from tests.console.visitor import Visitor
from tests.flows.operating import OPERATOR_KEY, operate
from tests.flows.test_cli import told

DONE = [
    "workspace.created",
    "connection.created",
    "hook.created",
    "hook.changed",
    "hook.secret-rotated",
    "hook.deleted",
    "key.created",
    "key.rotated",
    "key.revoked",
    "connection.changed",
    "connection.deleted",
    "workspace.changed",
]


@pytest.fixture
def changed(operated: Stack, home: World, sink: Sink) -> list[str]:
    """A workspace in which all was done that is audited; the secrets that came up."""
    connection = home.connect_pairfon(label="Front desk")
    hook = home.post("/v1/hooks", target_url=sink.url("/s3cr3t"), trigger="inbound-sms").json()
    home.call("PATCH", f"/v1/hooks/{hook['id']}", json={"status": "paused"})
    home.call("POST", f"/v1/hooks/{hook['id']}/rotate-secret", json={})
    home.call("DELETE", f"/v1/hooks/{hook['id']}")
    key = home.post("/v1/keys", name="Zapier", scopes="read").json()
    home.call("POST", f"/v1/keys/{key['id']}/rotate")
    home.call("DELETE", f"/v1/keys/{key['id']}")
    home.call("PATCH", f"/v1/connections/{connection}", json={"label": "Back office"})
    home.call("DELETE", f"/v1/connections/{connection}")
    operate(operated, "PATCH", home.name, hooks=7)
    return [hook["secret"], key["key"], home.pairfon_key, home.key, "s3cr3t"]


def test_the_audit_list_says_who_did_what_and_no_secret(home: World, changed: list[str]) -> None:
    audit = home.call("GET", "/v1/audit?limit=200")
    rows = audit.json()["data"][::-1]
    assert [each["action"] for each in rows] == DONE
    mine = home.get("/v1/me")["key_id"]
    assert [each["by"] for each in rows] == ["operator", *[mine] * 10, "operator"]
    assert [each for each in changed if each in audit.text] == []
    assert rows[2]["detail"] == "inbound-sms to 127.0.0.1"
    first = home.call("GET", "/v1/audit?limit=5").json()
    assert first["data"] == rows[::-1][:5]
    following = home.get("/v1/audit", limit=5, cursor=first["next_cursor"])
    assert following["data"] == rows[::-1][5:10]


@pytest.mark.usefixtures("changed")
def test_it_is_shown_to_the_operator_in_the_console_and_on_the_command_line(
    operated: Stack, home: World
) -> None:
    headers = {"Authorization": f"Bearer {OPERATOR_KEY}"}
    every = home.call("GET", "/v1/audit", headers=headers).json()["data"]
    assert [each["action"] for each in every if each["subject"] == home.name] == [
        "workspace.changed",
        "workspace.created",
    ]
    visitor = Visitor(operated)
    assert visitor.sign_in(home.key).ok
    assert "hook.secret-rotated" in visitor.page("/console/audit").text
    listed = told(operated, "audit", "list", "--workspace", home.name)
    assert [each["action"] for each in listed][:2] == ["workspace.changed", "connection.deleted"]


def test_a_key_without_admin_reads_no_audit_list(home: World) -> None:
    made = home.post("/v1/keys", name="x", scopes=["read", "texts", "act", "hooks"]).json()
    answer = home.call("GET", "/v1/audit", headers={"Authorization": f"Bearer {made['key']}"})
    assert answer.status_code == 403


def test_old_entries_leave_the_audit_list(home: World) -> None:
    entry = {"by": "x", "action": "key.created", "subject": "y", "detail": "", "request_id": ""}
    old = clock.wall_ms() - 91 * 86_400_000
    home.stack.db.delete(keys.audit(home.name))
    home.stack.db.xadd(keys.audit(home.name), {"e": json.dumps(entry)}, id=f"{old}-0")
    assert home.get("/v1/audit")["data"] == []
    home.post("/v1/keys", name="new")
    assert len(home.get("/v1/audit")["data"]) == 1
    assert home.stack.db.xlen(keys.audit(home.name)) == 1
