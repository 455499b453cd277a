"""Workers: RQ's queues and processes, of the whole service."""

from flask import Blueprint, Response

from integration.accounts import workspaces
from integration.kernel.errors import Forbidden
from integration.web.api import running
from integration.web.console import rendering
from integration.web.core import operator
from integration.web.core.current import call, services

routes = Blueprint("workers", __name__, url_prefix="/console/workers")
CLOSED = "This page is about the whole service: it opens to the operator and the default workspace."


def opens() -> bool:
    """Whether the caller may see what all workspaces have waiting."""
    who = call().caller
    own = who is not None and who.workspace == workspaces.DEFAULT and "admin" in who.scopes
    return own or operator.calls()


@routes.get("")
def listed() -> Response:
    if not opens():
        raise Forbidden(CLOSED)
    return rendering.page("workers", **running.state(services().db))
