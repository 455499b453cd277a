"""`GET /v1/platforms` and `GET /v1/platforms/{key}`: apps for the platforms to download."""

from typing import Any

from flask import Blueprint, Response

from integration.kernel.catalog import dashed
from integration.kernel.specs import Platform
from integration.web.apps import files
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import base_url, services

routes = Blueprint("platforms", __name__, url_prefix="/v1/platforms")


@routes.get("")
def every() -> Reply:
    return as_json({"data": rows(), "next_cursor": None})


@routes.get("/<key>")
def download(key: str) -> Response:
    return archived(services().catalog.platform(key))


def rows() -> list[dict[str, Any]]:
    """Each platform with the files of its app."""
    return [row(each) for each in services().catalog.platforms.values()]


def row(platform: Platform) -> dict[str, Any]:
    made = files.compiled(services().catalog, platform, base_url())
    return {
        "key": dashed(platform.key),
        "label": platform.label,
        "description": platform.description,
        "files": list(made),
        "download_url": f"{base_url()}/v1/platforms/{dashed(platform.key)}",
    }


def archived(platform: Platform) -> Response:
    response = Response(
        files.archive(services().catalog, platform, base_url()), mimetype="application/zip"
    )
    name = f"{files.folder(platform)}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
