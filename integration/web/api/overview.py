"""The overview over HTTP: did anything go wrong, and what came and went."""

from dataclasses import asdict

from flask import Blueprint

from integration.web.api import verdict
from integration.web.core.answers import Reply, as_json

routes = Blueprint("overview", __name__, url_prefix="/v1/overview")


@routes.get("")
def look() -> Reply:
    found = verdict.lines()
    return as_json(
        {
            "ok": all(each.tone != "bad" for each in found),
            "message": verdict.sentence(found),
            "lines": [asdict(each) for each in found],
        }
    )
