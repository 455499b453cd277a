"""The official client over real HTTP, and bare messages for what it would never send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx2
import requests
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from proofs.rig.stack import World

T = TypeVar("T")
NEWEST, OLDER = "2026-07-28", "2025-11-25"
MODES = {NEWEST: "auto", OLDER: "legacy"}
META = "io.modelcontextprotocol/"


def with_client(world: World, work: Callable[[Client], Awaitable[T]], revision: str = NEWEST) -> T:
    """What `work` makes of the official client, connected with the workspace's key."""

    async def connected() -> T:
        headers = {"Authorization": f"Bearer {world.key}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as web:
            transport = streamable_http_client(f"{world.stack.url}/mcp", http_client=web)
            async with Client(transport, mode=MODES[revision]) as client:
                assert client.protocol_version == revision
                return await work(client)

    return asyncio.run(connected())


def call(world: World, tool: str, revision: str = NEWEST, **arguments: Any) -> Any:
    return with_client(world, lambda client: client.call_tool(tool, arguments), revision)


def said(result: Any) -> str:
    """The sentence that a failed call gives to the assistant."""
    assert result.is_error
    [content] = result.content
    return str(content.text)


def envelope(**params: Any) -> dict[str, Any]:
    meta = {f"{META}protocolVersion": NEWEST, f"{META}clientCapabilities": {}}
    return {"_meta": meta, **params}


def message(method: str, params: Any = None, **more: Any) -> dict[str, Any]:
    body = {"jsonrpc": "2.0", "id": 7, "method": method, **more}
    return body if params is None else {**body, "params": params}


def headers_of(body: dict[str, Any]) -> dict[str, str]:
    """The headers that 2026-07-28 demands beside this message."""
    found = {"MCP-Protocol-Version": NEWEST, "Mcp-Method": body["method"]}
    name = body.get("params", {}).get("name")
    return found | ({"Mcp-Name": name} if name else {})


def post(world: World, body: Any, **headers: str) -> requests.Response:
    return world.call("POST", "/mcp", json=body, headers=headers)


def error_of(answer: requests.Response) -> tuple[int, int]:
    """The HTTP status and the error's code."""
    assert answer.headers["Content-Type"] == "application/json", answer.text
    return answer.status_code, answer.json()["error"]["code"]
