"""The one endpoint of the Model Context Protocol, whose messages the protocol itself describes."""

from typing import Any

from integration.schema.components import TEXT, answered, like
from integration.schema.endpoint import Endpoint, Reply
from integration.web.openapi.resources import section

Schema = dict[str, Any]
VERSION: Schema = {"type": "string", "const": "2.0"}
ID: Schema = {"type": ["string", "integer"]}
ERROR = like({"code": -32601, "message": "There is no such method here."}, code={"type": "integer"})
FAILED = answered({"jsonrpc": VERSION, "id": ID | {"type": [*ID["type"], "null"]}, "error": ERROR})
DONE = answered({"jsonrpc": VERSION, "id": ID, "result": {"type": "object"}})
MESSAGE: Schema = {
    "type": "object",
    "properties": {"jsonrpc": VERSION, "id": ID, "method": TEXT, "params": {"type": "object"}},
    "required": ["jsonrpc", "method"],
}
ABOUT = (
    "Every action, search, trigger and dropdown is a tool here. Revision 2026-07-28 without a"
    " handshake, and 2025-11-25, 2025-06-18 and 2025-03-26 with one. What a tool refuses is a"
    " result with `isError`."
)


def endpoints() -> list[Endpoint]:
    post = Endpoint(
        "POST /mcp",
        "post_mcp_message",
        "Take a message of the Model Context Protocol.",
        [
            _reply(200, "The result; older revisions get errors here too.", DONE, FAILED),
            Reply(status=202, description="A notification, taken.", schema={}, media=""),
            _reply(400, "No message, or one that breaks a rule of the protocol.", FAILED),
            _reply(404, "There is no such method.", FAILED),
        ],
        description=ABOUT,
        body=MESSAGE,
        body_example={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
    )
    return section("AI assistants", post)


def _reply(status: int, said: str, *shapes: Schema) -> Reply:
    schema = shapes[0] if len(shapes) == 1 else {"anyOf": [*shapes]}
    return Reply(status=status, description=said, schema=schema)
