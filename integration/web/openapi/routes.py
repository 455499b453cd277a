"""The document of the API and its page: `GET /openapi.json` and `GET /docs`."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template

from integration.schema.document import written
from integration.web.core.answers import Reply, raw_json
from integration.web.core.current import base_url, services

FOLDER = Path(__file__).parent
routes = Blueprint("openapi", __name__, template_folder=str(FOLDER / "templates"))
STYLE = (FOLDER / "page.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""Nothing is loaded or run; the page's one style sheet stands in it and is known by its hash."""


def _document(base_url: str) -> dict[str, Any]:
    # What describes all of the service is imported when somebody first asks for it.
    from integration.web.openapi.whole import document

    return document(services().catalog, base_url)


# A client chooses the Host header, so only a few addresses are remembered.
@lru_cache(maxsize=4)
def _written(base_url: str) -> str:
    return written(_document(base_url))


@routes.get("/openapi.json")
def described() -> Reply:
    return raw_json(_written(base_url()))


@routes.get("/docs")
def page() -> Response:
    from integration.web.openapi import view

    found = _document(base_url())
    shown = render_template("docs_page.html", style=STYLE, **view.of(found))
    response = Response(shown, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
