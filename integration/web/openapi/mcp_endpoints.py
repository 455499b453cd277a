"""The one endpoint of the Model Context Protocol, whose messages the protocol itself describes."""

from __future__ import annotations

from typing import Any

from integration.schema.components import TEXT, answered
from integration.schema.endpoint import Endpoint, Reply

Schema = dict[str, Any]
VERSION: Schema = {"type": "string", "const": "2.0"}
ID: Schema = {"type": ["string", "integer"]}
ERROR = answered({"code": {"type": "integer"}, "message": TEXT})
FAILED = answered(
    {"jsonrpc": VERSION, "id": {"type": ["string", "integer", "null"]}, "error": ERROR}
)
DONE = answered({"jsonrpc": VERSION, "id": ID, "result": {"type": "object"}})
MESSAGE: Schema = {
    "type": "object",
    "properties": {"jsonrpc": VERSION, "id": ID, "method": TEXT, "params": {"type": "object"}},
    "required": ["jsonrpc", "method"],
}
ABOUT = (
    "Every action, search, trigger and dropdown is a tool here. Revision 2026-07-28 without a"
    " handshake, and 2025-11-25 with one; what a tool refuses is a result with `isError`."
)


def endpoint() -> Endpoint:
    return Endpoint(
        method="post",
        path="/mcp",
        id="post_mcp_message",
        tag="AI assistants",
        summary="Take a message of the Model Context Protocol.",
        description=ABOUT,
        body=MESSAGE,
        body_example={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
        replies={
            200: _reply("The result; older revisions get errors here too.", DONE, FAILED),
            202: Reply(description="A notification, taken.", schema={}, media=""),
            400: _reply("No message, or one that breaks a rule of the protocol.", FAILED),
            404: _reply("There is no such method.", FAILED),
        },
    )


def _reply(said: str, *shapes: Schema) -> Reply:
    return Reply(description=said, schema=shapes[0] if len(shapes) == 1 else {"anyOf": [*shapes]})
