"""n8n: a package of community nodes, one that acts and two that start workflows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _n8n_events, _n8n_operations, _n8n_outputs, _shared_icon

FIXED = Path(__file__).parent / "_n8n_files"
"""The files of the package that do not depend on the catalog."""
ADDRESS = "https://hookline.invalid"
"""The placeholder of the service's address in the fixed files."""
VERSION = "0.1.0"
NAME = "n8n-nodes-hookline"
NODES = ("Hookline", "HooklineTrigger", "HooklinePollingTrigger")
TOOLS = {
    "@n8n/node-cli": "0.48.3",
    "eslint": "9.29.0",
    "prettier": "3.6.2",
    "typescript": "5.9.2",
}


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    return {
        **_fixed(base_url),
        **dict(_codices()),
        **dict(_n8n_outputs.schemas(catalog)),
        "package.json": _json(_package(base_url)),
        "icons/hookline.svg": _shared_icon.svg(),
        "icons/hookline.dark.svg": _shared_icon.svg("hookline.dark"),
        "nodes/Hookline/events.ts": _n8n_events.source(catalog),
        "nodes/Hookline/loadOptions.ts": _n8n_events.loading(catalog),
        "nodes/Hookline/operations.ts": _n8n_operations.source(catalog),
    }


def _fixed(base_url: str) -> dict[str, str]:
    places = sorted(path for path in FIXED.rglob("*") if path.is_file())
    return {
        path.relative_to(FIXED).as_posix(): path.read_text("utf-8").replace(ADDRESS, base_url)
        for path in places
    }


def _codices() -> Iterator[tuple[str, str]]:
    """The words under which n8n's search finds the nodes."""
    for name in NODES:
        found = {
            "node": f"{NAME}.{name[0].lower()}{name[1:]}",
            "nodeVersion": "1.0",
            "codexVersion": "1.0",
            "categories": ["Communication"],
            "alias": ["SMS", "MMS", "Text Message", "Phone"],
        }
        yield f"nodes/Hookline/{name}.node.json", _json(found)


def _package(base_url: str) -> dict[str, Any]:
    return {
        "name": NAME,
        "version": VERSION,
        "description": "SMS and MMS through your own phones and gateways, by way of Hookline",
        "license": "MIT",
        "homepage": base_url,
        "keywords": ["n8n-community-node-package", "sms", "mms"],
        "author": {"name": "Hookline", "email": "hookline@example.com"},
        "files": ["dist"],
        "n8n": {
            "n8nNodesApiVersion": 1,
            "strict": True,
            "credentials": ["dist/credentials/HooklineApi.credentials.js"],
            "nodes": [f"dist/nodes/Hookline/{name}.node.js" for name in NODES],
        },
        "scripts": {"build": "n8n-node build", "lint": "n8n-node lint"},
        "devDependencies": TOOLS,
        "peerDependencies": {"n8n-workflow": "*"},
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


PLATFORM = Platform(
    key="n8n",
    label="n8n",
    description="A package of nodes: an instant and a polling trigger, and every action.",
    compile=compile,
)
