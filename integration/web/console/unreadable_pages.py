"""Unreadable webhooks and rows: what a provider sent or listed and nobody here understood."""

import json

from flask import Blueprint, Response

from integration.accounts import connections
from integration.store import keys, lifetimes
from integration.web.console import rendering
from integration.web.core.current import require, services, workspace

routes = Blueprint("unreadable", __name__, url_prefix="/console/unreadable")


@routes.get("")
def listed() -> Response:
    require("texts")
    kept = services().db.lrange(keys.unreadable(workspace()), 0, lifetimes.UNREADABLE_KEPT - 1)
    labels = {each.id: each.label for each in connections.listed(services(), workspace())}
    rows = [json.loads(each) for each in kept]
    return rendering.page("unreadable", rows=rows, labels=labels, most=lifetimes.UNREADABLE_KEPT)
