"""Workspaces under the operator's key: made, limited, audited, and erased without a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from integration.accounts import erasure
from integration.services import Services
from integration.store import keys
from proofs.attacks.inbound_app import in_process
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import NEXT_YEAR, Stack, World
from tests.flows.operating import OPERATOR_KEY, operate
from tests.flows.test_accounts_keys import dump
from tests.flows.test_cli import run, told

TEXT, ANSWER = "the heron flies at dawn", "the kettle is on"


def test_a_workspace_is_made_with_a_key_that_is_shown_once(operated: Stack, home: World) -> None:
    assert home.get("/v1/me")["workspace"] == home.name
    shown = operate(operated, "GET", home.name).json()
    assert shown["limits"] == {"rate_limit": None, "backlog": None, "hooks": None}
    assert shown in operate(operated, "GET").json()["data"]
    assert home.key not in operate(operated, "GET").text
    again = operate(operated, "POST", name=home.name)
    assert again.status_code == 409
    assert home.name in again.json()["message"]


@pytest.mark.parametrize("name", ["", "two words", "-x", "ä", "a/b", "x" * 64, "{x}", "*"])
def test_a_name_that_would_not_do_makes_none(operated: Stack, name: str) -> None:
    assert operate(operated, "POST", name=name).status_code == 422
    assert name not in [each["name"] for each in operate(operated, "GET").json()["data"]]


def test_only_the_operator_is_let_in(operated: Stack, home: World, stack: Stack) -> None:
    assert operate(operated, "GET", key=home.key).status_code == 403
    assert operate(operated, "POST", name="mine", key=home.key).status_code == 403
    assert operate(operated, "GET", key="hk_somebody").status_code == 401
    assert operate(operated, "DELETE", home.name, key=home.key).status_code == 403
    closed = operate(stack, "GET", key=stack.workspace().key)
    assert closed.status_code == 403
    assert "OPERATOR_KEY" in closed.json()["message"]
    assert operate(stack, "GET").status_code == 401
    stack.forgive()
    bearer = {"Authorization": f"Bearer {OPERATOR_KEY}"}
    assert requests.get(f"{operated.url}/v1/me", headers=bearer, timeout=90).status_code == 401


def test_the_limits_of_a_workspace_hold_from_the_next_call_on(
    operated: Stack, home: World, sink: Sink
) -> None:
    home.connect_pairfon()
    before = home.call("GET", "/v1/me").headers["RateLimit-Limit"]
    second = home.post("/v1/keys", name="second").json()["key"]
    changed = operate(operated, "PATCH", home.name, rate_limit=9, limits={"hooks": 1, "backlog": 1})
    assert changed.json()["limits"] == {"rate_limit": 9, "backlog": 1, "hooks": 1}
    wanted: dict[str, Any] = {"trigger": "inbound-sms"}
    assert home.post("/v1/hooks", target_url=sink.url("/1"), **wanted).status_code == 201
    refused = home.post("/v1/hooks", target_url=sink.url("/2"), **wanted)
    assert (refused.status_code, "1 hooks" in refused.text) == (409, True)
    # A process that cached the key counts its next text against the backlog as it was before.
    sent = [home.send(schedule_at=f"{NEXT_YEAR}T09:00:00Z") for _ in range(4)]
    assert (sent[0].status_code, sent[-1].status_code) == (202, 429)
    assert "at most 1 may wait" in sent[-1].json()["message"]
    answers = [home.call("GET", "/v1/me") for _ in range(6)]
    assert {each.headers["RateLimit-Limit"] for each in answers} == {"9"}
    assert answers[-1].status_code == 429
    assert "keys of this workspace" in answers[-1].json()["message"]
    poll = "/v1/triggers/inbound-sms"
    for path in ("/v1/me", poll):
        other = home.call("GET", path, headers={"Authorization": f"Bearer {second}"})
        assert other.status_code == 429, "a second key is no way round"
    operate(operated, "PATCH", home.name, rate_limit=None, hooks=None)
    third = home.post("/v1/keys", name="third").json()["key"]
    for key in (home.key, second, third):
        answer = home.call("GET", poll, headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.headers["RateLimit-Limit"]) == (200, before)


def test_an_erased_workspace_leaves_nothing(operated: Stack, home: World, sink: Sink) -> None:
    neighbour = operated.workspace()
    neighbour.connect_pairfon()
    connections = [home.connect_pairfon(), home.connect_cloud()]
    path = f"/{home.name}"
    hook = home.post("/v1/hooks", target_url=sink.url(path), trigger="inbound-sms").json()["id"]
    home.inject(TEXT)
    until(lambda: home.inbox(consumer="one"), "the text")
    sink.wait_for(1, path)
    home.call("POST", f"/v1/hooks/{hook}/test")
    jobs = [home.send(message=ANSWER, wait=20, idempotency_key="k").json()["id"]]
    jobs.append(home.send(message=ANSWER, schedule_at=f"{NEXT_YEAR}T09:00:00Z").json()["id"])
    gone = operate(operated, "DELETE", home.name)
    assert gone.status_code == 200
    assert operated.db.zscore(keys.ERASURES, home.name), "a second pass in a minute"
    assert gone.json()["erased"] > 10
    assert home.call("GET", "/v1/me").status_code == 401
    assert operate(operated, "GET", home.name).status_code == 404
    assert operate(operated, "DELETE", home.name).status_code == 404
    with in_process(operated) as own:
        unregistered(own, connections)
        names = [keys.job(each) for each in jobs]
        traces = [TEXT, ANSWER, hook, *names, *connections, f"{{{home.name}}}"]
        until(lambda: not left(own, operated, home, traces), "all traces to be gone")
    assert neighbour.send(wait=20).json()["status"] in ("sent", "delivered")
    again = operate(operated, "POST", name=home.name).json()
    home.key = again["key"]
    assert home.get("/v1/jobs")["data"] == []


def left(own: Services, stack: Stack, home: World, traces: list[str]) -> list[str]:
    """What a second pass leaves; the scheduler makes it a minute later, when nothing is in flight
    any more."""
    own.db.sadd(keys.erased(home.name), *traces)
    own.db.zadd(keys.ERASURES, {home.name: 1})
    erasure.finish(own)
    assert own.db.zscore(keys.ERASURES, home.name) is None
    held = dump(stack)
    return [each for each in traces if each.encode() in held]


def unregistered(own: Services, connections: list[str]) -> None:
    """Wait until our webhook is out of the accounts that were left."""

    def is_out() -> bool:
        left = own.db.zrange(keys.LEFT_ACCOUNTS, 0, -1)
        return not any(json.loads(each)["id"] in connections for each in left)

    until(is_out, "the accounts to be left")


def test_the_default_workspace_stays(operated: Stack) -> None:
    assert operate(operated, "DELETE", "default").status_code == 409


def test_a_key_cannot_join_a_workspace_that_is_gone(operated: Stack, home: World) -> None:
    """As where the deletion comes between the admission of the call and its effect."""
    operated.db.srem(keys.WORKSPACES, home.name)
    answer = home.post("/v1/keys", name="late")
    assert answer.status_code == 404
    assert home.name not in [each["name"] for each in operate(operated, "GET").json()["data"]]
    assert len(operated.db.hvals(keys.workspace_api_keys(home.name))) == 1


def test_the_command_line_limits_and_deletes_and_a_slip_makes_nothing(
    operated: Stack, home: World
) -> None:
    slip = f"{home.name}x"
    for words in (["keys", "create", "Zapier"], ["keys", "list"], ["jobs", "list"]):
        ended = run(operated, *words, "--workspace", slip, code=1)
        assert ended.stderr == f"There is no workspace called '{slip}'; check its name.\n"
    assert slip not in told(operated, "workspaces", "list")
    limited = told(operated, "workspaces", "limit", home.name, "--rate-limit", "50", "--hooks", "5")
    assert limited["limits"] == {"rate_limit": 50, "backlog": None, "hooks": 5}
    freed = told(operated, "workspaces", "limit", home.name, "--rate-limit", "0")
    assert freed == told(operated, "workspaces", "show", home.name)
    assert freed["limits"] == {"rate_limit": None, "backlog": None, "hooks": 5}
    assert told(operated, "workspaces", "delete", home.name)["erased"] > 0
    done = [each for each in told(operated, "workspaces", "audit") if each["subject"] == home.name]
    assert done[0]["action"] == "workspace.deleted"
    assert {each["by"] for each in done} == {"operator", "command line"}
