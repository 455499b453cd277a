"""The whole document: every endpoint, from the catalog and from what the routes read."""

from typing import Any

from integration.inbound import cursors
from integration.kernel.catalog import Catalog
from integration.schema import document as openapi
from integration.schema.document import Rest
from integration.web.openapi import (
    account_endpoints,
    activity_endpoints,
    hook_endpoints,
    job_endpoints,
    mcp_endpoints,
    media_endpoints,
    open_endpoints,
    opt_out_endpoints,
    overview_endpoints,
    pairfon_endpoints,
    sending_endpoints,
    workspace_endpoints,
)
from integration.web.openapi.resources import SCHEMAS


def document(catalog: Catalog, base_url: str) -> dict[str, Any]:
    """Everything the service answers, as OpenAPI describes it."""
    return openapi.document(catalog, base_url, rest(catalog))


def rest(catalog: Catalog) -> Rest:
    """What the service answers outside the catalog's own addresses."""
    return Rest(
        endpoints=[
            *job_endpoints.JOBS,
            *activity_endpoints.ACTIVITY,
            *opt_out_endpoints.OPT_OUTS,
            *sending_endpoints.SENDING,
            *hook_endpoints.endpoints(catalog),
            *account_endpoints.endpoints(catalog),
            *workspace_endpoints.ENDPOINTS,
            *overview_endpoints.OVERVIEWS,
            *mcp_endpoints.endpoints(),
            *pairfon_endpoints.endpoints(catalog),
            *media_endpoints.MEDIA,
            *open_endpoints.endpoints(catalog),
        ],
        schemas=SCHEMAS
        | activity_endpoints.SCHEMAS
        | opt_out_endpoints.SCHEMAS
        | sending_endpoints.SCHEMAS,
        cursor={"pattern": f"^{cursors.SHAPE.pattern}$"},
    )
