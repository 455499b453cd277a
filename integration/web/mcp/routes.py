"""`/mcp`: one address for all messages, under the rules of its HTTP transport."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from integration.kernel.errors import Forbidden
from integration.web.core import admission
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services
from integration.web.mcp import messages, methods, revisions
from integration.web.mcp.messages import INVALID_PARAMS, METHOD_NOT_FOUND, Message, ProtocolError

routes = Blueprint("mcp", __name__)
WITHIN = (METHOD_NOT_FOUND, INVALID_PARAMS)
"""Errors that older revisions put into a 200; to them a 404 is a session that ended."""


@routes.before_request
def admit() -> None:
    """Any key may ask; each tool then takes the scope of what it does."""
    origin = request.headers.get("Origin")
    if origin is not None and origin not in _own_origins():
        raise Forbidden("Requests from pages of another origin are refused; call from a program.")
    admission.admit("read")


def _own_origins() -> set[str]:
    """Never the Host header: under DNS rebinding it names the attacker's page."""
    settings = services().settings
    public = urlsplit(settings.public_url)
    local = {f"http://{name}:{settings.port}" for name in ("localhost", "127.0.0.1")}
    return local | {f"{public.scheme}://{public.netloc}"}


@routes.post("/mcp")
def answer() -> Reply | Response:
    message = g.message = messages.read()
    revision = g.revision = revisions.spoken(message)
    if not message.is_request:
        return _taken()
    body = {"jsonrpc": "2.0", "id": message.id, "result": methods.result(message, revision)}
    return as_json(body)


def _taken() -> Response:
    """The reply to a notification, as the protocol demands: 202 without a body."""
    response = Response(status=202)
    del response.headers["Content-Type"]
    return response


@routes.errorhandler(ProtocolError)
def refuse(error: ProtocolError) -> Reply:
    message: Message | None = g.get("message")
    asked = message.id if message and message.is_request else None
    body = {"jsonrpc": "2.0", "id": asked, "error": error.shown()}
    within = g.get("revision") in revisions.HANDSHAKE and error.code in WITHIN
    return as_json(body, 200 if within else error.status)
