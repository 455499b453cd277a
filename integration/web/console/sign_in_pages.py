"""Signing in with an API key, and out again."""

import re

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response as AnyResponse

from integration.kernel.errors import Forbidden, HooklineError, RateLimited, Unauthenticated
from integration.web.console import notices, rendering, session
from integration.web.core import admission
from integration.web.core.current import Call, Caller, at_hand, caller, services

routes = Blueprint("sign_in", __name__, url_prefix="/console")
OURS = re.compile(r"/(?![/\\])[\x21-\x7e]*")
"""A path of this host; `//elsewhere` would lead to a different one."""
NO_KEY = "Paste an API key; it starts with hk_."


@routes.get("/sign-in")
def form() -> Response:
    return rendering.page("sign_in", next=_next())


@routes.post("/sign-in")
def enter() -> Response | AnyResponse:
    key = " ".join(request.form.get("key", "").split())
    if not key:
        return rendering.page("sign_in", code=422, next=_next(), problem=NO_KEY)
    try:
        who = _admitted(key)
    except (Unauthenticated, RateLimited, Forbidden) as error:
        return _refused(error)
    session.start(who.workspace, who.key_id)
    return redirect(_next(), 303)


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


@routes.post("/sign-out")
def leave() -> AnyResponse:
    session.end()
    notices.leave("good", "You are signed out.")
    return redirect(url_for("console.sign_in.form"), 303)
