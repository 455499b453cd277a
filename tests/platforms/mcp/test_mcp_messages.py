"""What a client may get wrong, message by message and header by header; never a 500."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from integration.accounts import api_keys
from proofs.rig.stack import Stack, World
from tests.platforms.mcp.client import (
    META,
    NEWEST,
    OLDER,
    call,
    envelope,
    error_of,
    headers_of,
    message,
    post,
    said,
    with_client,
)

LIST = message("tools/list", envelope())
CALL = message("tools/call", envelope(name="options_sim_slots", arguments={}))


def result_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == 7
    return dict(answer.json()["result"])


def test_discovery_and_the_list_say_how_long_they_hold(world: World) -> None:
    discover = message("server/discover", envelope())
    found = result_of(post(world, discover, **headers_of(discover)))
    assert found["supportedVersions"][0] == NEWEST
    assert OLDER in found["supportedVersions"]
    assert (found["resultType"], found["cacheScope"]) == ("complete", "public")
    assert found["_meta"][f"{META}serverInfo"]["name"] == "hookline"
    listed = result_of(post(world, LIST, **headers_of(LIST)))
    assert listed["ttlMs"] >= 0
    assert (listed["resultType"], listed["cacheScope"]) == ("complete", "private")


@pytest.mark.parametrize("revision", ["2025-11-25", "2025-06-18", "2025-03-26"])
def test_a_client_of_an_older_revision_gets_the_one_it_asks_for(
    world: World, revision: str
) -> None:
    given = {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "t"}}
    assert result_of(post(world, message("initialize", given)))["protocolVersion"] == revision
    told = {"MCP-Protocol-Version": revision}
    assert result_of(post(world, message("tools/list"), **told))["tools"]


def test_the_older_revision_shakes_hands(world: World) -> None:
    given = {"protocolVersion": OLDER, "capabilities": {}, "clientInfo": {"name": "t"}}
    made = result_of(post(world, message("initialize", given)))
    assert made["protocolVersion"] == OLDER
    assert made["capabilities"] == {"tools": {}}
    assert "resultType" not in made
    unknown = post(world, message("initialize", {**given, "protocolVersion": "2024-11-05"}))
    assert result_of(unknown)["protocolVersion"] == OLDER
    noticed = post(world, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (noticed.status_code, noticed.content) == (202, b"")
    assert result_of(post(world, message("ping"), **{"MCP-Protocol-Version": OLDER})) == {}


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_only_post_is_taken(world: World, method: str) -> None:
    answer = world.call(method, "/mcp")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


HEADERS: list[tuple[dict[str, Any], dict[str, str], tuple[int, int]]] = [
    (LIST, {"MCP-Protocol-Version": ""}, (400, -32020)),
    (LIST, {"MCP-Protocol-Version": OLDER}, (400, -32020)),
    (LIST, {"Mcp-Method": ""}, (400, -32020)),
    (LIST, {"Mcp-Method": "tools/call"}, (400, -32020)),
    (CALL, {"Mcp-Name": ""}, (400, -32020)),
    (CALL, {"Mcp-Name": "send_sms"}, (400, -32020)),
    (CALL, {"Mcp-Name": "=?base64?c2VuZF9zbXM=?="}, (400, -32020)),
    (CALL, {"Mcp-Name": "=?base64?!?="}, (400, -32020)),
    (message("tools/list"), {}, (400, -32602)),
    (message("tools/list", {"_meta": {f"{META}protocolVersion": NEWEST}}), {}, (400, -32602)),
    (message("tools/list", {"_meta": {f"{META}protocolVersion": 7}}), {}, (400, -32602)),
    (message("tools/list"), {"MCP-Protocol-Version": "1900-01-01"}, (400, -32022)),
    (message("resources/list", envelope()), {}, (404, -32601)),
    (message("initialize", envelope()), {}, (404, -32601)),
    (message("tools/list", envelope(cursor="2")), {}, (400, -32602)),
    (message("tools/call", envelope(name="no_such_tool")), {}, (400, -32602)),
    (message("tools/call", envelope(name="get_job", arguments=[1])), {}, (400, -32602)),
]


@pytest.mark.parametrize(("body", "instead", "wanted"), HEADERS)
def test_a_newest_message_that_breaks_a_rule_gets_the_code_of_that_rule(
    world: World, body: dict[str, Any], instead: dict[str, str], wanted: tuple[int, int]
) -> None:
    given = {**headers_of(body), **instead}
    answer = post(world, body, **{name: value for name, value in given.items() if value})
    assert error_of(answer) == wanted
    assert answer.json()["id"] == 7


def test_an_unknown_revision_is_refused_with_the_known_ones(world: World) -> None:
    body = message("tools/list", envelope())
    body["params"]["_meta"][f"{META}protocolVersion"] = "2031-01-01"
    answer = post(world, body, **{**headers_of(body), "MCP-Protocol-Version": "2031-01-01"})
    assert error_of(answer) == (400, -32022)
    data = answer.json()["error"]["data"]
    assert (data["requested"], data["supported"][:2]) == ("2031-01-01", [NEWEST, OLDER])
    notice = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
    assert post(world, notice, **{"MCP-Protocol-Version": "2031-01-01"}).status_code == 400
    assert post(world, notice, **{"MCP-Protocol-Version": NEWEST}).status_code == 202


def test_a_name_in_base64_is_read(world: World) -> None:
    name = base64.b64encode(b"options_sim_slots").decode()
    answer = post(world, CALL, **{**headers_of(CALL), "Mcp-Name": f"=?base64?{name}?="})
    assert len(result_of(answer)["structuredContent"]["options"]) == 2


def test_the_older_revision_gets_errors_within_200(world: World) -> None:
    older = {"MCP-Protocol-Version": OLDER}
    for body, code in (
        (message("resources/list"), -32601),
        (message("server/discover"), -32601),
        (message("tools/call", {"name": "no_such_tool"}), -32602),
    ):
        assert error_of(post(world, body, **older)) == (200, code)


NO_IDS: list[Any] = [None, True, 1.5, [], {}]
HOSTILE: list[bytes] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"7",
    b'"text"',
    b"\xff\xfe",
    b'{"jsonrpc":"2.0"}',
    b'{"jsonrpc":"1.0","id":1,"method":"ping"}',
    b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    b'{"jsonrpc":"2.0","id":1,"method":7}',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}',
    b'{"jsonrpc":"2.0","id":1,"result":{}}',
    b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
    b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}',
    b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b',"method":"ping"}',
    *(json.dumps({"jsonrpc": "2.0", "id": each, "method": "ping"}).encode() for each in NO_IDS),
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: str(body[:50]))
def test_what_is_no_message_is_refused_with_a_code(world: World, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    answer = world.call("POST", "/mcp", data=body, headers=kind)
    status, code = error_of(answer)
    assert status == 400
    assert code in (-32700, -32600)
    assert answer.json()["id"] is None


ODD: list[Any] = [None, True, -1, 1e400, "", " ", "\x00", "x" * 5000, [], [[]], {}, {"a": {}}, "💥"]


@pytest.mark.parametrize("tool", ["send_sms", "find_contact", "poll_inbound_sms", "get_job"])
def test_odd_arguments_are_never_a_fault_of_ours(world: World, tool: str) -> None:
    world.connect_pairfon()
    names = ("phone", "message", "wait", "limit", "cursor", "job_id", "connection", "sim_slot")
    for odd in ODD:
        for name in names:
            given = {"phone": "+1", "wait": 0} | {name: odd if odd != 1e400 else 10**30}
            body = message("tools/call", {"name": tool, "arguments": given})
            answer = post(world, body)
            assert answer.status_code in (200, 400), (given, answer.text)
    for name in ODD[:-1]:
        body = message("tools/call", {"name": name if name != 1e400 else 0, "arguments": {}})
        assert error_of(post(world, body)) == (200, -32602)


def test_a_body_that_is_too_large_or_no_json_is_refused_as_everywhere(world: World) -> None:
    large = message("ping", {"text": "x" * 300_000})
    assert post(world, large).status_code == 413
    text = world.call("POST", "/mcp", data=b"{}", headers={"Content-Type": "text/plain"})
    assert text.status_code == 415


def test_without_a_known_key_the_server_shows_nothing(stack: Stack, world: World) -> None:
    for headers in ({"Authorization": "Bearer hk_wrong"}, {"Authorization": ""}):
        answer = world.call("POST", "/mcp", json=LIST, headers={**headers_of(LIST), **headers})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    stack.forgive()


def test_pages_of_other_origins_are_refused_and_our_own_is_not(world: World) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", world.stack.url + ".evil"):
        answer = post(world, LIST, **headers_of(LIST), Origin=origin)
        assert answer.status_code == 403, origin
    evil = {"Origin": "http://evil.example", "Host": "evil.example"}
    rebound = post(world, LIST, **headers_of(LIST), **evil)
    assert rebound.status_code == 403
    result_of(post(world, LIST, **headers_of(LIST), Origin=world.stack.url))


def test_a_key_that_only_reads_gets_tools_that_only_read(world: World) -> None:
    world.connect_pairfon()
    _, world.key = api_keys.create(world.stack.db, world.name, "reads", scopes=["read"])

    async def names(client: Any) -> set[str]:
        found = await client.list_tools()
        assert all(each.annotations.read_only_hint for each in found.tools)
        return {each.name for each in found.tools}

    assert "poll_inbound_sms" in with_client(world, names)
    assert "send_sms" not in with_client(world, names)
    assert "'act'" in said(call(world, "send_sms", phone="+14155550123", message="Hello"))
    assert world.sends() == []


def test_another_workspace_is_not_seen(stack: Stack, world: World) -> None:
    other = stack.workspace()
    other.connect_pairfon()
    job = other.send().json()["id"]
    assert "no job" in said(call(world, "get_job", job_id=job))
    other.leave()


def test_calls_count_against_the_limit_of_the_key(world: World) -> None:
    told = post(world, LIST, **headers_of(LIST)).headers
    assert int(told["RateLimit-Remaining"]) < int(told["RateLimit-Limit"])
