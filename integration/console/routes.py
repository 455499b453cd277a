"""The console's first page: what is connected and what to do next."""

from __future__ import annotations

from flask import Blueprint, Response

routes = Blueprint("console", __name__)


@routes.get("/")
def home() -> Response:
    return Response("<!doctype html><title>Hookline</title>", mimetype="text/html")
