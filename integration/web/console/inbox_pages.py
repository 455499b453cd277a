"""The inbox of before: its addresses lead to the same rows of the feed."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from integration.activity.inboxes import DIRECTION
from integration.kernel.feed_query import IN
from integration.web.core.current import services

routes = Blueprint("inbox", __name__, url_prefix="/console/inbox")


@routes.get("")
def listed() -> Response:
    trigger = request.args.get("trigger")
    kind = services().catalog.trigger(trigger).kind if trigger else ""
    there = url_for(
        "console.activity.listed",
        direction=DIRECTION.get(kind, IN),
        phone=request.args.get("phone"),
        connection=request.args.get("connection"),
        q=request.args.get("contains"),
    )
    return redirect(there, 303)
