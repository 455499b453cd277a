"""The files for assistants: kept as they are, true, and enough to connect with."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from integration import discovery
from integration.schema import mcp_tools
from platforms import mcp
from proofs.rig.stack import World
from tests.contract.extension_sources import ACTION, TRIGGER
from tests.platforms import golden

CATALOG = discovery.load()
TOOLS = list(mcp_tools.tools(CATALOG).values())
NAMES = [each.name for each in TOOLS]


def test_the_configuration_leads_to_the_tools(world: World) -> None:
    made = json.loads(mcp.compile(CATALOG, world.stack.url)["mcp.json"])
    server = made["mcpServers"]["hookline"]
    headers = {key: text.replace(mcp.KEY, world.key) for key, text in server["headers"].items()}

    async def names() -> list[str]:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as web,
            Client(streamable_http_client(server["url"], http_client=web)) as client,
        ):
            return [each.name for each in (await client.list_tools()).tools]

    assert asyncio.run(names()) == NAMES


@pytest.mark.parametrize("tool", TOOLS, ids=NAMES)
def test_a_tool_is_described_by_valid_schemas(tool: mcp_tools.Tool) -> None:
    for schema in (tool.inputs, tool.outputs):
        jsonschema_rs.meta.validate(schema)
        assert schema["type"] == "object"
    assert tool.inputs["additionalProperties"] is False
    assert len(tool.name) <= 64
    for name, field in tool.inputs["properties"].items():
        assert field["title"], name
        assert field["description"].endswith("."), name


@pytest.mark.parametrize("action", CATALOG.actions.values(), ids=list(CATALOG.actions))
def test_an_action_says_what_it_does_to_the_world(action: Any) -> None:
    tool = mcp_tools.tools(CATALOG)[action.key].shown()["annotations"]
    assert tool["readOnlyHint"] is False
    assert tool["idempotentHint"] is action.repeatable
    assert tool["destructiveHint"] is action.destructive


def test_a_new_extension_is_a_tool_at_once(tmp_path: Path) -> None:
    for folder, source in (("actions", ACTION), ("triggers", TRIGGER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "new_thing.py").write_text(source)
    catalog = discovery.load(beside=[tmp_path])
    assert {"new_thing", "poll_new_thing"} <= mcp_tools.tools(catalog).keys()
    assert "`poll_new_thing`" in mcp.compile(catalog, golden.BASE_URL)["README.md"]
