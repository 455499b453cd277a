"""The OpenAPI 3.1 document: the service for tools, generators and people.

The catalog gives its triggers, actions, searches and dropdowns. `web.openapi` hands over the rest
(hooks, jobs, connections, …) as `Rest`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Trigger
from integration.schema import catalog_endpoints as from_catalog
from integration.schema.components import HEADERS, SCHEMAS, SECURITY, SECURITY_SCHEMES
from integration.schema.endpoint import Endpoint, operation, problem_responses, ref

VERSION = "3.1.1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ABOUT = """\
SMS through your own phones and gateways, for every automation platform.

Errors are `application/problem+json` (RFC 9457), or `application/json` for a caller that refuses
that type (`Accept: application/problem+json;q=0`); `message` is a sentence for people. A path that
is not described here answers 404, another method 405 with `Allow`. A double slash in a path is
tolerated, `""` in a field means not given, numbers and yes or no may come as text, and lists as
repeated query keys or text with commas.
"""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """The service's endpoints and schemas outside the catalog; `cursor` is the schema of a
    cursor."""

    endpoints: Sequence[Endpoint] = ()
    schemas: Mapping[str, Any] = field(default_factory=dict)
    cursor: Mapping[str, Any] = field(default_factory=dict)


def document(catalog: Catalog, base_url: str, rest: Rest) -> dict[str, Any]:
    """Returns the whole document. `base_url` is the service's address without a last slash."""
    every = [*from_catalog.endpoints(catalog, rest.cursor), *rest.endpoints]
    return {
        "openapi": VERSION,
        "jsonSchemaDialect": DIALECT,
        "info": {"title": "Hookline", "version": "1", "description": ABOUT},
        "servers": [{"url": base_url}],
        "security": SECURITY,
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag for each in every)],
        "paths": _paths(every),
        "webhooks": {dashed(each.key): _webhook(each) for each in catalog.triggers.values()},
        "components": {
            "schemas": {**SCHEMAS, **from_catalog.schemas(catalog), **rest.schemas},
            "responses": problem_responses(),
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _paths(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for each in endpoints:
        paths.setdefault(each.path, {})[each.method] = operation(each)
    return paths


def _webhook(spec: Trigger) -> dict[str, Any]:
    shape = ref(f"{from_catalog.name(spec.key)}Event")
    delivery = delivery_operation(shape, dict(spec.sample))
    summary = f"{spec.label}, POSTed to a hook."
    said = {"operationId": f"deliver_{spec.key}", "summary": summary, "tags": ["Deliveries"]}
    return {"post": said | delivery}


def delivery_operation(shape: Mapping[str, Any], example: Any = None) -> dict[str, Any]:
    """The request that a hook's target gets, and what each of its answers means."""
    content = {"schema": dict(shape)} | ({} if example is None else {"example": example})
    return {
        "description": "Exactly the object that polling gives, signed as Standard Webhooks asks.",
        "parameters": [
            _signed("webhook-id", "The same at every attempt of one delivery.", "string"),
            _signed("webhook-timestamp", "When this attempt was made, in Unix seconds.", "integer"),
            _signed(
                "webhook-signature",
                "`v1,` and the HMAC-SHA256; after a rotation one of each secret.",
                "string",
            ),
        ],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": "Taken; it is not sent again."},
            "410": {"description": "Gone: the hook is removed."},
            "429": {"description": "Sent again after `Retry-After`."},
            "503": {"description": "Sent again after `Retry-After`."},
            "default": {"description": "Sent again after 5 s and then ever later, for two days."},
        },
        "security": [],
    }


def _signed(name: str, said: str, kind: str) -> dict[str, Any]:
    schema = {"type": kind}
    return {"name": name, "in": "header", "required": True, "description": said, "schema": schema}


def written(found: Mapping[str, Any]) -> str:
    """The document as the text of a file."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
