"""The address that Prometheus scrapes."""

from __future__ import annotations

from flask import Blueprint, Response

from integration.web.core.current import services

routes = Blueprint("metrics", __name__)


@routes.get("/metrics")
def metrics() -> Response:
    # The library takes 50 ms to import: the first scrape waits for that, and no start does.
    from integration.web.api.store_metrics import CONTENT_TYPE, scrape

    return Response(scrape(services().db), content_type=CONTENT_TYPE)
