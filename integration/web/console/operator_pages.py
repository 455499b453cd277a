"""The operator's page: which workspace is open, new ones, and the password."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import audit, operators
from integration.accounts import workspaces as known
from integration.kernel.errors import Forbidden, HooklineError, InvalidInput
from integration.web.api import workspaces
from integration.web.console import notices, rendering, session
from integration.web.console.calls import ask, tell
from integration.web.core import guesses, operator, trail
from integration.web.core.current import caller, services, workspace

routes = Blueprint("operator", __name__, url_prefix="/console/operator")
PER_PAGE = 100
CLOSED = "This page is the operator's: sign in with `hookline login-link` or the password."
WRONG = "This is not the password until now; `hookline password` sets one without it."
DIFFERENT = "The two new passwords differ; type the same one twice."
CHANGED = "The password is changed. All others who were signed in as the operator are signed out."


@routes.before_request
def admit() -> None:
    if not operator.calls():
        raise Forbidden(CLOSED)


@routes.get("")
def listed() -> Response:
    return rendering.page("operator", **_page())


def _page() -> dict[str, Any]:
    found = ask(workspaces.every, limit=PER_PAGE, cursor=request.args.get("cursor", ""))
    return {
        "workspaces": found["data"],
        "following": found["next_cursor"],
        "has_password": operators.has_password(services().db),
        "shortest": operators.SHORTEST,
    }


@routes.post("")
def make() -> Response:
    """Answered with the page itself and no redirect: the first key is in no other answer."""
    name = request.form.get("name", "")
    try:
        made = tell(workspaces.make, body={"name": name})
    except HooklineError as error:
        return rendering.refusal(error, "operator", given=name, **_page())
    return rendering.page("operator", made=made, **_page())


@routes.post("/open/<name>")
def enter(name: str) -> AnyResponse:
    """Go on in another workspace."""
    session.switch(known.check(services().db, name))
    notices.leave("good", f"The workspace {name} is open.")
    return redirect("/", 303)


@routes.post("/password")
def password() -> Response | AnyResponse:
    try:
        _change(request.form.get("new", ""), request.form.get("again", ""))
    except HooklineError as error:
        return rendering.refusal(error, "operator", **_page())
    session.start(workspace(), caller().key_id)
    notices.leave("good", CHANGED)
    return redirect(url_for(".listed"), 303)


def _change(new: str, again: str) -> None:
    db, old = services().db, request.form.get("old", "")
    if operators.has_password(db) and not operator.is_key(old):
        guesses.check(lambda: operators.is_password(db, old), WRONG)
    if new != again:
        raise InvalidInput(DIFFERENT)
    operators.set_password(db, new)
    trail.note("password.changed", audit.OPERATOR, workspace=audit.EVERY)
