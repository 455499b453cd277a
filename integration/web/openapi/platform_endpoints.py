"""The endpoints of exports: an app for every platform, to download."""

from __future__ import annotations

from collections.abc import Iterator

from integration.kernel.catalog import Catalog, dashed
from integration.schema.endpoint import Endpoint, Reply
from integration.web.openapi import resources as shown

ARCHIVE = {"type": "string", "contentMediaType": "application/zip"}


def endpoints(catalog: Catalog) -> Iterator[Endpoint]:
    yield Endpoint(
        method="get",
        path="/v1/platforms",
        id="list_platforms",
        tag="Platforms",
        summary="List the platforms there is an app for.",
        replies={200: shown.page("Platforms.", "PlatformApp", shown.PLATFORM_APP)},
    )
    known = {"type": "string", "enum": [dashed(key) for key in catalog.platforms]}
    yield Endpoint(
        method="get",
        path="/v1/platforms/{key}",
        id="download_platform",
        tag="Platforms",
        summary="Download a platform's app, made for this service, as a zip archive.",
        parameters=[{"name": "key", "in": "path", "required": True, "schema": known}],
        replies={200: Reply(description="The app.", schema=ARCHIVE, media="application/zip")},
        problems=(404,),
    )
