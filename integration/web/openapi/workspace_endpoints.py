"""The endpoints of workspaces, which only the operator's key opens."""

from typing import Any

from integration.schema import json_schema as schema
from integration.schema.endpoint import Endpoint
from integration.web.api.workspaces import Limits, WorkspaceInput
from integration.web.openapi.resources import PAGING, one, page, plain, section
from integration.web.openapi.workspace_resources import MADE, Schema

OPERATORS = "Takes the key that OPERATOR_KEY holds; where that is unset, nobody is let in."
NAME: Schema = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"},
}
PATH = "/v1/workspaces/{name}"
ONE: Any = {"parameters": [NAME], "description": OPERATORS}


def _cleared() -> Schema:
    body = schema.of_inputs(Limits)
    for each in body["properties"].values():
        each["type"] = [each["type"], "null"]
    return body


ENDPOINTS = section(
    "Workspaces",
    Endpoint(
        "GET /v1/workspaces",
        "list_workspaces",
        "List the workspaces.",
        [page("Workspace")],
        description=OPERATORS,
        parameters=PAGING,
        problems=(422,),
    ),
    Endpoint(
        "POST /v1/workspaces",
        "create_workspace",
        "Make a workspace; its first API key is shown in this answer and never again.",
        [one("Workspace", "Made.", 201, example=MADE)],
        description=OPERATORS,
        body=schema.of_inputs(WorkspaceInput),
        body_example={"name": "acme", "hooks": 100},
        problems=(409,),
    ),
    Endpoint(f"GET {PATH}", "get_workspace", "Show a workspace.", [one("Workspace")], **ONE),
    Endpoint(
        f"PATCH {PATH}",
        "update_workspace",
        "Change limits of a workspace; null gives one back to the service's settings.",
        [one("Workspace")],
        body=_cleared(),
        body_example={"rate_limit": 1200},
        problems=(409,),
        **ONE,
    ),
    Endpoint(
        f"DELETE {PATH}",
        "delete_workspace",
        "Erase a workspace: its keys, connections, hooks, jobs and messages, for good.",
        [plain("Erased; with the number of records.", {"name": "acme", "erased": 120})],
        problems=(404, 409),
        **ONE,
    ),
)
