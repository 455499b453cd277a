"""The console: its pages put together, and what is true of each: who may see it, its headers."""

from flask import Blueprint, Response, g, redirect, request, url_for
from redis.exceptions import RedisError
from werkzeug.wrappers import Response as AnyResponse

from integration.jobs import statuses
from integration.kernel.errors import NotFound
from integration.store.client import is_unable
from integration.web.console import (
    activity_pages,
    app_pages,
    audit_pages,
    connection_pages,
    conversation_pages,
    day_bar,
    doc_pages,
    files,
    handset,
    hook_again_pages,
    inbox_pages,
    job_pages,
    key_pages,
    notices,
    once,
    operator_pages,
    opt_out_pages,
    overview_pages,
    pacing_pages,
    places,
    rendering,
    sending_pages,
    session,
    sign_in_pages,
    start,
    unknown_pages,
    unreadable_pages,
    worker_pages,
)
from integration.web.core import compressing, operator, problems, rights
from integration.web.core.answers import Reply
from integration.web.core.current import call, require, services, workspace

routes = Blueprint(
    "console",
    __name__,
    static_folder="static",
    static_url_path="/console/static",
    template_folder="templates",
)
POLICY = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
SIGNED_OUT = "You were signed out: what you signed in with was revoked, changed or has expired."
NOT_TAKEN = "You were signed out, so nothing was done. Sign in, and fill in the form once more."
YEAR = "public, max-age=31536000, immutable"
STATIC = "console.static"
OPEN = (STATIC, "console.favicon")
"""Endpoints for everybody."""
READ_BY_ALL = ("console.docs.listed", "console.docs.part")
"""Pages that a visitor sees as well, without what belongs to a session."""
FORMS = (".form", ".edit")
AGAIN_SECONDS = 5
"""How often the page for a store that is away tries again."""


@routes.before_request
def guard() -> Response | None:
    """Let in a session whose key is not revoked; take no form that we did not make."""
    if request.endpoint in OPEN or request.method == "OPTIONS":
        return None
    visiting = request.blueprint == "console.sign_in"
    if request.endpoint in READ_BY_ALL and not _reads_within():
        return None
    if not visiting and call().caller is None and not _sign_in_again():
        return _to_sign_in()
    if request.method == "POST":
        session.check_form(request.form.get("csrf", ""))
    if visiting:
        return None
    name = request.endpoint or ""
    # Who may not send a form is not shown it either.
    require(rights.scope_of(name, "POST" if name.endswith(FORMS) else request.method))
    g.unknown_texts = statuses.count(services().db, workspace(), "unknown")
    return once.take() if request.method == "POST" else None


def _reads_within() -> bool:
    """Whether a page for all is read in a session. The document needs no store, so it is shown as
    to a stranger while the store is away."""
    try:
        return _sign_in_again()
    except RedisError as error:
        if not is_unable(error):
            raise
        return False


def _sign_in_again() -> bool:
    """Whether what the session was opened with still opens it; every request looks it up."""
    known = session.current()
    if known is None:
        return False
    try:
        call().caller = session.caller(services(), known)
    except NotFound:
        session.end()
        notices.leave("bad", SIGNED_OUT)
        return False
    return True


def _to_sign_in() -> Response:
    if request.method == "GET":
        after = request.full_path.rstrip("?")
    else:
        after = places.page()
        notices.leave("bad", NOT_TAKEN)
    there = url_for("console.sign_in.form", next=None if after == "/" else after)
    response = redirect(there, 303)
    assert isinstance(response, Response)
    return response


@routes.after_request
def add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint == STATIC:
        headers["Cache-Control"] = YEAR if "v" in request.args else "no-cache"
        return compressing.compress(response, keeps=True)
    once.settle(response)
    session.write(response)
    notices.write(response)
    compressing.compress(response)
    return response


@routes.errorhandler(Exception)
def failed(error: Exception) -> Response:
    return _as_page(problems.of(error))


def _as_page(problem: Reply) -> Response:
    """A problem as a page: its sentence, its status, its headers.

    While the store is away nobody can be known. The page keeps the frame and loads itself again.
    """
    away = problem.status == 503 and call().caller is None
    shown = rendering.page(
        "problem",
        code=problem.status,
        problem=problem.read(),
        framed=away or call().caller is not None,
        retry=AGAIN_SECONDS if problem.status == 503 and request.method == "GET" else 0,
    )
    if "Retry-After" in problem.headers:
        shown.headers["Retry-After"] = problem.headers["Retry-After"]
    return shown


@routes.get("/favicon.ico")
def favicon() -> Response:
    """For browsers and tools that look there; pages name the drawing themselves."""
    return routes.send_static_file("icon.svg")


@routes.get("/console/<path:_rest>")
def nowhere(_rest: str) -> Response | AnyResponse:
    """The address of a form leads to its page: somebody may reload it, or search from it."""
    if there := places.page():
        return redirect(there, 303)
    raise NotFound("There is no such page; choose one on the left.")


for each in (
    overview_pages,
    activity_pages,
    inbox_pages,
    job_pages,
    unknown_pages,
    opt_out_pages,
    hook_again_pages,
    connection_pages,
    pacing_pages,
    sending_pages,
    conversation_pages,
    key_pages,
    app_pages,
    audit_pages,
    unreadable_pages,
    sign_in_pages,
    start,
    operator_pages,
    worker_pages,
    doc_pages,
):
    routes.register_blueprint(each.routes)
routes.add_app_template_filter(rendering.when, "when")
routes.add_app_template_filter(day_bar.parts, "day_parts")
routes.add_app_template_filter(day_bar.rate, "rate")
routes.add_app_template_filter(rendering.moments, "moments")
routes.add_app_template_filter(rendering.pretty, "pretty")
routes.add_app_template_filter(rendering.visible, "visible")
routes.add_app_template_filter(files.local, "local")
routes.add_app_template_test(files.is_picture, "picture")
routes.add_app_template_global(rendering.asset, "asset")
routes.add_app_template_global(rendering.icon, "icon")
routes.add_app_template_global(once.token, "once_token")
routes.add_app_template_global(handset.address, "virtual_phone")
routes.add_app_template_global(operator.calls, "is_operator")
routes.add_app_template_global(worker_pages.opens, "opens_workers")
