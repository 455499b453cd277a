"""A conversation: the texts with one number over one connection, both ways, and a box to answer."""

from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import connections, provider_link
from integration.accounts.connections import Connection
from integration.activity import feed, rows
from integration.activity.rows import TEXTS
from integration.activity.wanted import Wanted
from integration.jobs import opted_out
from integration.kernel import as_is, recipients, senders
from integration.kernel.capabilities import SendsSms
from integration.kernel.errors import HooklineError, NotFound
from integration.kernel.feed_query import IN
from integration.web.api import actions, activity
from integration.web.console import once, rendering
from integration.web.console.calls import tell
from integration.web.core import rights
from integration.web.core.current import services, workspace

routes = Blueprint("conversation", __name__, url_prefix="/console/conversation")
PER_PAGE = 50
TICKS = {"sent": "✓", "delivered": "✓✓", "failed": "✕", "unknown": "?"}
"""Beside the word of the status, which stands there as well."""
UNCERTAIN = "a number without a country code"
WAY = ("device_fingerprint", "sim_slot", "sender_id")
"""By what a text came in, and its answer goes out: the phone, the SIM, and the number of ours."""


@routes.get("")
def look() -> Response:
    return rendering.page("conversation", **_frame(), said="")


@routes.post("")
def answer() -> Response | AnyResponse:
    """Send a text; the form carries an idempotency key, so a double click is one job."""
    names = ("phone", "connection", "message", *WAY)
    given = {name: request.form.get(name, "") for name in names}
    if not _is_number(given["phone"]) and as_is.kind(given["phone"]):
        given[as_is.FIELD] = "true"
    key = once.idempotency_key()
    try:
        tell(actions.run, "send-sms", body={**given, "idempotency_key": key})
    except HooklineError as error:
        return rendering.refusal(error, "conversation", **_frame(), said=given["message"])
    there = url_for(".look", connection=given["connection"], phone=given["phone"])
    return redirect(there + "#end", 303)


def _is_number(phone: str) -> bool:
    """Whether it is a full number, or one as people of the region write it."""
    try:
        recipients.read(phone, services().settings.default_region or None)
    except ValueError:
        return False
    return True


def _frame() -> dict[str, Any]:
    phone, connection = (request.values.get(name, "") for name in ("phone", "connection"))
    wanted = Wanted(
        directions=TEXTS, connection=connection, partner=phone, sees_texts=rights.sees_texts()
    )
    below = rows.place(request.args.get("cursor", ""))
    page = feed.page(services(), workspace(), wanted, PER_PAGE, below)
    found = [activity.shown(row) for row in reversed(page.rows)]
    kept, last = _kept(connection, has_texts=bool(found)), _last(found)
    days = [each["at"][:10] for each in found]
    return {
        "phone": phone,
        "connection": connection,
        "kept": kept,
        "rows": found,
        "new_day": [True, *(one != other for one, other in pairwise(days))],
        "ticks": TICKS,
        "older": page.following.written() if page.following else None,
        "paged": below is not None,
        "why_not": _why_not(kept, phone),
        "out": kept and opted_out.forbids(services(), kept, phone, last.get("sender_id")),
        "last": last,
    }


def _why_not(kept: Connection | None, phone: str) -> str:
    """Why nobody can be answered, "" where the account may send to this number."""
    if kept is None:
        return "The connection was removed, so nothing can be sent over it."
    if not connections.can(services(), kept, SendsSms):
        return "This account cannot send texts."
    kind = as_is.kind(phone)
    if not _is_number(phone) and kind not in provider_link.as_is(services(), kept):
        said = as_is.WORDS[kind] if kind else UNCERTAIN if senders.is_number(phone) else "a name"
        return f"This sender is {said}, which {kept.label} does not text."
    return ""


def _kept(connection_id: str, *, has_texts: bool) -> Connection | None:
    """The connection; None where it was removed and its texts are still here. Raises NotFound."""
    try:
        return connections.get(services(), workspace(), connection_id)
    except NotFound:
        if not has_texts:
            raise
        return None


def _last(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The way that the last text came in by, which the answer goes out by."""
    received = [{**each, "sender_id": each["to"]} for each in found if each["direction"] == IN]
    return {name: received[-1][name] for name in WAY} if received else {}
