"""Apps: what to import into each platform, made for this service and downloaded here."""

from flask import Blueprint, Response

from integration.web.apps import routes as exports
from integration.web.console import rendering
from integration.web.core.current import services

routes = Blueprint("apps", __name__, url_prefix="/console/apps")


@routes.get("")
def listed() -> Response:
    return rendering.page("apps", apps=exports.rows())


@routes.get("/<key>.zip")
def download(key: str) -> Response:
    return exports.archived(services().catalog.platform(key))
