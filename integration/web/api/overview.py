"""The overview over HTTP: did anything go wrong, and what came and went."""

from dataclasses import asdict

from flask import Blueprint

from integration.web.api import numbers, verdict
from integration.web.core.answers import Reply, as_json

routes = Blueprint("overview", __name__, url_prefix="/v1/overview")


@routes.get("")
def look() -> Reply:
    shown = numbers.read()
    found = verdict.lines(shown["last_24_hours"])
    return as_json(
        {
            "ok": all(each.tone != "bad" for each in found),
            "message": verdict.sentence(found),
            "lines": [asdict(each) for each in found],
            **shown,
        }
    )
