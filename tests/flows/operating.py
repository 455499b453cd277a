"""The operator's calls."""

from __future__ import annotations

from typing import Any

import requests

from proofs.rig.stack import Stack

OPERATOR_KEY = "the-operator-of-this-very-service"


def operate(
    stack: Stack, method: str, name: str = "", key: str = OPERATOR_KEY, **body: Any
) -> requests.Response:
    path = f"/v1/workspaces/{name}" if method != "POST" and name else "/v1/workspaces"
    given = {"name": name, **body} if method == "POST" else body
    headers = {"Authorization": f"Bearer {key}"}
    return requests.request(method, stack.url + path, headers=headers, json=given, timeout=90)
