"""The endpoints of exports: an app for every platform, to download."""

from __future__ import annotations

from integration.kernel.catalog import Catalog, dashed
from integration.schema.endpoint import Endpoint, Reply
from integration.web.openapi.resources import page, section

ARCHIVE = {"type": "string", "contentMediaType": "application/zip"}


def endpoints(catalog: Catalog) -> list[Endpoint]:
    known = {"type": "string", "enum": [dashed(key) for key in catalog.platforms]}
    return section(
        "Platforms",
        Endpoint(
            "GET /v1/platforms",
            "list_platforms",
            "List the platforms there is an app for.",
            [page("PlatformApp")],
        ),
        Endpoint(
            "GET /v1/platforms/{key}",
            "download_platform",
            "Download a platform's app, made for this service, as a zip archive.",
            [Reply(description="The app.", schema=ARCHIVE, media="application/zip")],
            parameters=[{"name": "key", "in": "path", "required": True, "schema": known}],
        ),
    )
