"""Signing in with an API key, the operator's password or a link, and out again."""

import re

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import api_keys, audit, operators, workspaces
from integration.kernel.errors import Forbidden, HooklineError, RateLimited, Unauthenticated
from integration.web.console import notices, rendering, session
from integration.web.core import admission, guesses, operator
from integration.web.core.current import Call, Caller, at_hand, call, caller, services

routes = Blueprint("sign_in", __name__, url_prefix="/console")
OURS = re.compile(r"/(?![/\\])[\x21-\x7e]*")
"""A path of this host; `//elsewhere` would lead to a different one."""
NO_KEY = "Paste an API key, which starts with hk_, or the operator's password."
WRONG = "This is neither an API key nor the operator's password."
USED = "This link was used already, or is older than 15 minutes; make a new one."


@routes.get("/sign-in")
def form() -> Response:
    return rendering.page("sign_in", next=_next())


@routes.post("/sign-in")
def enter() -> Response | AnyResponse:
    given = request.form.get("key", "")
    if not given.strip():
        return rendering.page("sign_in", code=422, next=_next(), problem=NO_KEY)
    try:
        who = _let_in(given)
    except (Unauthenticated, RateLimited, Forbidden) as error:
        return _refused(error)
    session.start(who.workspace, who.key_id)
    return redirect(_next(), 303)


def _let_in(given: str) -> Caller:
    key = " ".join(given.split())
    if operator.is_key(key):
        return _operator(workspaces.DEFAULT)
    if key.startswith(api_keys.PREFIX) or not operators.has_password(services().db):
        return _admitted(key)
    guesses.check(lambda: operators.is_password(services().db, given), WRONG)
    return _operator(workspaces.DEFAULT)


def _operator(workspace: str) -> Caller:
    audit.note(
        services().db,
        audit.EVERY,
        "console.entered",
        workspace,
        by=audit.OPERATOR,
        request_id=call().request_id,
    )
    return operator.within(workspace, {})


def _admitted(key: str) -> Caller:
    """The API's own admission, which also counts what fails against the client's address."""
    inner = EnvironBuilder(
        headers=[("Authorization", f"Bearer {key}")],
        environ_overrides={"REMOTE_ADDR": request.remote_addr or ""},
    ).get_environ()
    with at_hand(Call(services(), inner)):
        admission.admit()
        return caller()


def _refused(error: HooklineError) -> Response:
    response = rendering.refusal(error, "sign_in", next=_next())
    if error.retry_after:
        response.headers["Retry-After"] = str(int(error.retry_after))
    return response


def _next() -> str:
    asked = request.values.get("next", "")
    return asked if OURS.fullmatch(asked) else "/"


@routes.get("/sign-in/link/<secret>")
def link(secret: str) -> Response:
    """A button, and nothing used up: mail programs and chats open links to preview them."""
    return rendering.page("sign_in_link", secret=secret)


@routes.post("/sign-in/link/<secret>")
def follow(secret: str) -> AnyResponse:
    workspace = operators.take_link(services().db, secret)
    if not workspace:
        notices.leave("bad", USED)
        return redirect(url_for("console.sign_in.form"), 303)
    who = _operator(workspace)
    session.start(who.workspace, who.key_id)
    return redirect("/", 303)


@routes.post("/sign-out")
def leave() -> AnyResponse:
    session.end()
    notices.leave("good", "You are signed out.")
    return redirect(url_for("console.sign_in.form"), 303)
