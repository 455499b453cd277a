"""Power Automate: a custom connector, for Power Apps and Logic Apps as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _power_automate_operations as operations
from platforms._shared_icon import LIGHT, png

ICON_PIXELS = 160
HOST = "@connectionParameters('host')"
README = """\
# Hookline for Power Automate

A custom connector for the Hookline server at {base_url}, for Power Automate, Power Apps and Logic
Apps. The server must be reachable from the internet over https.

1. Open <https://make.powerautomate.com>, then **Custom connectors**, **New custom connector**,
   **Import an OpenAPI file**, and choose `apiDefinition.swagger.json`. Upload `icon.png` as its
   icon. What `apiProperties.json` says (a host that each connection can choose) goes along only
   with Microsoft's command line:

   ```sh
   pip install paconn
   paconn login
   paconn create --api-def apiDefinition.swagger.json --api-prop apiProperties.json --icon icon.png
   ```

2. Make a connection with an API key from {base_url}/console/keys{asked}.
3. On the connector's page **Test**, run **CheckConnection**.
4. Make a flow that begins with one of the connector's triggers.
"""
ASKED = " and the host `{host}`"


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str | bytes]:
    asked = ASKED.format(host=urlsplit(base_url).netloc)
    return {
        "apiDefinition.swagger.json": _written(definition(catalog, base_url)),
        "apiProperties.json": _written(_connector(base_url)),
        "icon.png": png(ICON_PIXELS),
        "README.md": README.format(base_url=base_url, asked=asked),
    }


def definition(catalog: Catalog, base_url: str) -> dict[str, Any]:
    """The connector as OpenAPI 2.0."""
    server = urlsplit(base_url)
    # A connection replaces the host at each call, so the paths hold whatever follows it.
    prefix = server.path.rstrip("/")
    return {
        "swagger": "2.0",
        "info": {
            "title": "Hookline",
            "description": "Sends and receives SMS through your own phones and gateways.",
            "version": "1.0",
            "contact": {"name": "Hookline", "url": f"{base_url}/docs"},
        },
        "host": server.netloc,
        "basePath": "/",
        "schemes": [server.scheme],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": {prefix + path: item for path, item in operations.paths(catalog)},
        "definitions": operations.definitions(catalog),
        "parameters": {},
        "responses": {},
        "securityDefinitions": {
            "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        },
        "security": [{"api_key": []}],
        "tags": [],
    }


def _connector(base_url: str) -> dict[str, Any]:
    server = urlsplit(base_url)
    template = {"x-ms-apimTemplateParameter.urlTemplate": f"{server.scheme}://{HOST}"}
    dynamic = {"templateId": "dynamichosturl", "title": "Server", "parameters": template}
    host = f"Your server's host name, such as {server.netloc}."
    return {
        "properties": {
            "connectionParameters": {
                "host": _asked("string", "Server host", host, tabIndex=1),
                "api_key": _asked(
                    "securestring", "API key", "A key of your server.", tabIndex=2, clearText=False
                ),
            },
            "iconBrandColor": LIGHT,
            "capabilities": [],
            "policyTemplateInstances": [dynamic],
            "publisher": "Hookline",
        }
    }


def _asked(kind: str, label: str, said: str, **constraints: Any) -> dict[str, Any]:
    shown = {"displayName": label, "description": said, "tooltip": said}
    return {"type": kind, "uiDefinition": {**shown, "constraints": constraints | REQUIRED}}


REQUIRED = {"required": "true"}


def _written(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


PLATFORM = Platform(
    key="power_automate",
    label="Power Automate",
    description="Makes a custom connector for Power Automate, Power Apps and Logic Apps.",
    compile=compile,
)
