"""The document of the API: `GET /openapi.json`."""

from functools import lru_cache
from typing import Any

from flask import Blueprint

from integration.schema.document import written
from integration.web.core.answers import Reply, raw_json
from integration.web.core.current import base_url, services

routes = Blueprint("openapi", __name__)


# A client chooses the Host header, so only a few addresses are remembered.
@lru_cache(maxsize=4)
def described_at(base_url: str) -> dict[str, Any]:
    """The document, as it names our address."""
    # What describes all of the service is imported when somebody first asks for it.
    from integration.web.openapi.whole import document

    return document(services().catalog, base_url)


@lru_cache(maxsize=4)
def _written(base_url: str) -> str:
    return written(described_at(base_url))


@routes.get("/openapi.json")
def described() -> Reply:
    return raw_json(_written(base_url()))
