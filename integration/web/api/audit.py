"""The audit list over HTTP."""

from flask import Blueprint

from integration.accounts import audit
from integration.web.core import admission, operator, paging
from integration.web.core.answers import Reply, page
from integration.web.core.current import require, services, workspace

routes = Blueprint("audit", __name__, url_prefix="/v1/audit")


@routes.before_request
def admit() -> None:
    """To the operator it shows what was done to workspaces."""
    if not operator.enters():
        admission.admit("admin")


@routes.get("")
def every() -> Reply:
    require("admin")
    rows, following = audit.listed(services(), workspace(), *paging.asked())
    return page(rows, paging.cursor(following))
