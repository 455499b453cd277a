"""Pacing: how fast a connection may text, as a form of its own."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts.pacing import NAMES, PacingInput
from integration.kernel.errors import HooklineError
from integration.web.api import accounts as account_routes
from integration.web.console import forms, notices, rendering
from integration.web.console.calls import ask, tell

routes = Blueprint("pacing", __name__, url_prefix="/console/connections")


@routes.get("/<connection_id>/pacing")
def form(connection_id: str) -> Response:
    old = ask(account_routes.look, connection_id)
    return rendering.page("pacing", old=old, controls=_controls(old["pacing"] or {}))


@routes.post("/<connection_id>/pacing")
def change(connection_id: str) -> Response | AnyResponse:
    """A rule left blank holds no more."""
    given = forms.given()
    try:
        body = {"pacing": {**dict.fromkeys(NAMES), **given}}
        told = tell(account_routes.change, connection_id, body=body)
    except HooklineError as error:
        old = ask(account_routes.look, connection_id)
        return rendering.refusal(error, "pacing", old=old, controls=_controls(given, error))
    rules = "The new pacing holds from now on." if told["pacing"] else "It has no pacing now."
    notices.leave("good", f"{told['label']}: {rules}")
    return redirect(url_for("console.connections.look", connection_id=connection_id), 303)


def _controls(given: Mapping[str, Any], error: HooklineError | None = None) -> Any:
    errors = error.problem().get("errors", {}) if error else {}
    own = {name.removeprefix("pacing."): lines for name, lines in errors.items()}
    return [
        {**each, "errors": own.get(each["key"], ())} for each in forms.controls(PacingInput, given)
    ]
