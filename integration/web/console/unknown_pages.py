"""Unknown texts: what to look for at the provider, and the two ways to decide about each."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import connections
from integration.kernel.errors import Conflict
from integration.web.api import actions as job_routes
from integration.web.console import rendering
from integration.web.console.calls import ask, press
from integration.web.core.current import require, services, workspace

routes = Blueprint("unknown", __name__, url_prefix="/console/unknown")
PER_PAGE = 25
AGAIN = "The text goes out again."
CLOSED = "The text is closed as sent; nothing was sent again."


@routes.get("")
def listed() -> Response:
    cursor = request.args.get("cursor", "")
    found = ask(job_routes.every, limit=PER_PAGE, status="unknown", cursor=cursor)
    return rendering.page(
        "unknown",
        jobs=found["data"],
        labels=_labels(),
        following=found["next_cursor"],
        paged=bool(cursor),
    )


def _labels() -> dict[str, str]:
    return {each.id: each.label for each in connections.listed(services(), workspace())}


@routes.get("/<job_id>/again")
def again(job_id: str) -> Response:
    """Asks before anything is sent: what may happen cannot be taken back."""
    require("act")
    job = _undecided(job_id)
    return rendering.page("unknown_again", job=job, labels=_labels())


@routes.post("/<job_id>/again")
def send(job_id: str) -> AnyResponse:
    _undecided(job_id)
    back = url_for("console.jobs.look", job_id=job_id)
    pressed: AnyResponse = press(job_routes.retry, job_id, back=back, said=AGAIN)
    return pressed


def _undecided(job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = ask(job_routes.look, job_id)
    if job["status"] != "unknown":
        raise Conflict("The outcome of this text is known: somebody has decided about it.")
    return job


@routes.post("/<job_id>/close")
def close(job_id: str) -> AnyResponse:
    """Back to the page of the list that the button stood on, else to the list."""
    pressed: AnyResponse = press(job_routes.close, job_id, back=_list(), said=CLOSED)
    return pressed


def _list() -> str:
    return url_for(".listed", cursor=request.args.get("cursor") or None)
