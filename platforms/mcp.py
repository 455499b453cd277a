"""MCP: what an AI assistant needs to use the service: an address, a key and a list of tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from integration.schema.mcp_tools import Tool, tools

KEY = "hk_REPLACE_WITH_YOUR_API_KEY"
ASKED = "hookline-api-key"
README = """\
# Hookline for AI assistants

The Hookline server at {base_url} speaks the Model Context Protocol at {base_url}/mcp (streamable
HTTP). There is nothing to install: tell your assistant the address and an API key.

1. Make a key under {base_url}/console/keys. One with the scope `read` alone gives an assistant
   that can look but not send.
2. Put it in place of `{key}`:
   - Claude Code, Cursor and others that read `mcpServers`: take [mcp.json](mcp.json).
   - Visual Studio Code: take [vscode/mcp.json](vscode/mcp.json) as `.vscode/mcp.json`; it asks for
     the key.
   - Any other client: transport "streamable HTTP", the address above, and the header
     `Authorization: Bearer YOUR_KEY`.
3. Ask: "Which phones can send for me?"

Keep your assistant's question before each call on for the tools that act: a text that is sent
cannot be called back.

## Tools

| tool | does | needs the scope |
|---|---|---|
{rows}
"""


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    found = tools(catalog).values()
    rows = "\n".join(map(_row, found))
    return {
        "mcp.json": _written({"mcpServers": {"hookline": _server(base_url, KEY)}}),
        "vscode/mcp.json": _written(_vscode(base_url)),
        "tools.json": _written([each.shown() for each in found]),
        "README.md": README.format(base_url=base_url, key=KEY, rows=rows),
    }


def _server(base_url: str, key: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}"}
    return {"type": "http", "url": f"{base_url}/mcp", "headers": headers}


def _vscode(base_url: str) -> dict[str, Any]:
    asked = {"type": "promptString", "id": ASKED, "description": "Hookline API key"}
    return {
        "inputs": [{**asked, "password": True}],
        "servers": {"hookline": _server(base_url, f"${{input:{ASKED}}}")},
    }


def _row(tool: Tool) -> str:
    what = tool.description.split(". ")[0].removesuffix(".")
    return f"| `{tool.name}` | {what}. | {tool.scope} |"


def _written(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


PLATFORM = Platform(
    key="mcp",
    label="AI Assistants (MCP)",
    description="Gives an AI assistant your phones as tools, over the Model Context Protocol.",
    compile=compile,
)
