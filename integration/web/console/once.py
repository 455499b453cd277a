"""Forms that make something: each carries a token that is taken once.

A second press, a reload or a step back in the browser sends the same form again. It leads to what
the first one made. With other fields it is taken as a new form.
"""

import hashlib
import secrets

from flask import Response, g, redirect, request

from integration.kernel.errors import Conflict
from integration.store import keys
from integration.store.client import in_passing
from integration.store.lifetimes import FORM_SECONDS, FORM_WORKING_SECONDS
from integration.web.console import notices
from integration.web.core.current import caller, services

FIELD = "once"
WORKED = "This form was sent before, and it worked. Nothing was made twice."
WORKING = (
    "This form was sent before, and its outcome is not known yet. Look whether it worked before"
    " you fill in a new one."
)


def token() -> str:
    """The value of a form's field."""
    return secrets.token_urlsafe(18)


def take() -> Response | None:
    """Take the token of the form at hand, if it has one; where to go instead if it was taken.

    Raises Conflict while what the first press asks for is being made.
    """
    if not request.form.get(FIELD):
        return None
    name, db = _name(), services().db
    if db.set(name, "", nx=True, ex=FORM_WORKING_SECONDS):
        g.console_form = name
        return None
    there = db.get(name)
    if not there:
        raise Conflict(WORKING)
    notices.leave("good", WORKED)
    response = redirect(there, 303)
    assert isinstance(response, Response)
    return response


def leads_to(path: str) -> None:
    """Say where the form at hand leads to, where its own path shows no page."""
    g.console_form_leads = path


def settle(response: Response) -> None:
    """Keep where the form led to. One that was refused may be sent again once it is mended; where
    the outcome is not known, it may be after a minute."""
    name = g.pop("console_form", None)
    if name is None or response.status_code >= 500:
        return
    with in_passing():
        if response.status_code >= 400:
            services().db.delete(name)
        else:
            there = response.location or g.get("console_form_leads", request.path)
            services().db.set(name, there, ex=FORM_SECONDS)


def idempotency_key() -> str:
    """What the form at hand is known by where it makes a job. With other fields it makes one more:
    somebody has stepped back to the page and changed it."""
    return f"console-{_digest()[:32]}"


def _name() -> str:
    return keys.console_form(_digest())


def _digest() -> str:
    who, fields = caller(), sorted(request.form.items(multi=True))
    text = repr((who.workspace, who.key_id, request.path, fields))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
