"""Power Automate: a custom connector, for Power Apps and Logic Apps as well."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _power_automate_operations as operations
from platforms._shared_files import fixed, icon, written

ICON_PIXELS = 160


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str | bytes]:
    files = fixed("power_automate", base_url)
    # A connection chooses the host alone; the scheme stays that of this address.
    properties = files["apiProperties.json"].replace(
        "https://@", f"{urlsplit(base_url).scheme}://@"
    )
    return {
        **files,
        "apiDefinition.swagger.json": written(definition(catalog, base_url)),
        "apiProperties.json": properties,
        "icon.png": icon(ICON_PIXELS),
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


PLATFORM = Platform(
    key="power_automate",
    label="Power Automate",
    description="Makes a custom connector for Power Automate, Power Apps and Logic Apps.",
    compile=compile,
)
