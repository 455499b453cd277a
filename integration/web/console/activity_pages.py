"""Activity: the feed of what came and went, and how a row of it is found again."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.provider_link import REQUEST_SECONDS
from integration.activity import feed, rows
from integration.hooks import subscriptions
from integration.inbound import sync
from integration.kernel import times
from integration.kernel.capabilities import HasInbound
from integration.kernel.errors import HooklineError, NotFound
from integration.kernel.feed_query import DELIVERY, DIRECTIONS, FeedInput
from integration.opt_outs import arriving, register, wanted
from integration.runtime.at_once import at_once
from integration.store import keys
from integration.web.api import activity
from integration.web.console import activity_table, files, forms, notices, rendering
from integration.web.console.calls import ask
from integration.web.core import reading
from integration.web.core.current import services, workspace

routes = Blueprint("activity", __name__, url_prefix="/console/activity")
PER_PAGE = 50
GROUPS = (("", "Everything"), ("in,out", "Texts"), *DIRECTIONS.items())
"""What the pills choose, and their words."""
STATUSES = (
    *("received", "scheduled", "queued", "sending", "retrying", "sent", "delivered"),
    *("failed", "unknown", "cancelled", "dead"),
)
PORTIONS = 5
"""Portions of new rows, none of which fits, that one answer passes over."""
FEW = 50
"""Hooks that a list to choose from shows; with more of them their id is typed."""
CHANNELS = {
    "webhook": "the provider's webhook",
    "list": "the provider's list of new texts",
    "latest": "the provider's newest text",
    "history": "the provider's history",
}
ID = re.compile(r"(?:job|sms|dlv|sts)_[0-9a-z_]{20,40}")
"""What leads straight to its page."""


@routes.get("")
def listed() -> Response | AnyResponse:
    given = _given()
    if there := _page_of(given.get("q", "").strip()):
        return redirect(there, 303)
    try:
        found = ask(activity.every, limit=PER_PAGE, **given)
    except HooklineError as error:
        return rendering.refusal(error, "activity", **_frame(given), rows=(), refused=error)
    filters, following = _filters(given), found["next_cursor"]
    cut = bool(following) and len(found["data"]) < PER_PAGE
    return rendering.page(
        "activity",
        **_frame(given),
        rows=found["data"],
        news=url_for("console.activity.news") + address(filters, newer_than=found["newest"]),
        older=address(given, cursor=following) if following else None,
        cut=cut,
        reached=_time_of(following) if cut else None,
        paged="cursor" in given,
    )


def _time_of(cursor: str) -> str:
    """When the row happened that the next page goes on after."""
    place = rows.place(cursor)
    return times.from_ms(place.ms) if place else ""


def _page_of(sought: str) -> str:
    """The page of what has this id; "" for other words, and for an event so old that the list alone
    finds it."""
    if not ID.fullmatch(sought):
        return ""
    try:
        return url_for(".look", row_id=sought, at=ask(activity.look, sought)["row"]["at"])
    except NotFound:
        return ""


def _given() -> dict[str, str]:
    """The filters that the address names, and the page."""
    given = forms.only(forms.given(), FeedInput)
    return {name: value for name, value in given.items() if name not in ("limit", "newer_than")}


def _filters(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name != "cursor"}


def _frame(given: Mapping[str, str]) -> dict[str, Any]:
    filters = _filters(given)
    return {
        "given": filters,
        "filtered": bool(filters.keys() - {"direction"}),
        "open": bool(filters.keys() - {"direction", "q"}),
        "groups": [(words, address(filters, direction=key), key) for key, words in GROUPS],
        "directions": DIRECTIONS,
        "statuses": STATUSES,
        "labels": labels(),
        "hooks": _known_hooks(),
        "first": address(filters),
        "export": url_for("console.activity.export") + address(filters),
    }


def labels() -> dict[str, str]:
    """The connections by their names."""
    return {each.id: each.label for each in connections.listed(services(), workspace())}


def _known_hooks() -> dict[str, str]:
    """The workspace's hooks by what people call them; none where they are many."""
    ids = services().db.hvals(keys.hooks(workspace()))
    return _hooks(ids) if len(ids) <= FEW else {}


def _hooks(ids: Sequence[str]) -> dict[str, str]:
    found = [each for each in subscriptions.several(services(), ids) if each]
    return {each.id: each.description or urlsplit(each.target_url).hostname or "" for each in found}


def address(given: Mapping[str, str], **more: str) -> str:
    return "?" + urlencode({name: value for name, value in {**given, **more}.items() if value})


@routes.get("/news")
def news() -> Response:
    """How many rows came since a page was read, for its script, and where it looks next.

    Rows that the filters leave out are passed over: behind them are others that fit."""
    given = forms.only(forms.given(), FeedInput)
    found = ask(activity.every, **given)
    for _ in range(PORTIONS):
        if found["data"] or not found["more"]:
            break
        given["newer_than"] = found["newest"]
        found = ask(activity.every, **given)
    there = url_for(".news") + address(given)
    return jsonify(count=len(found["data"]), more=found["more"], next=there)


@routes.get("/export")
def export() -> Response:
    """Everything that the filters let through, as a table for a spreadsheet."""
    wanted = activity.filters(reading.load(FeedInput, _filters(_given())))
    found = feed.matching(services(), workspace(), wanted)
    table = activity_table.lines(found, sees_texts=wanted.sees_texts)
    response = Response(table, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="activity.csv"'
    return response


@routes.get("/<row_id>")
def look(row_id: str) -> Response | AnyResponse:
    """The whole way of one row; jobs and deliveries have pages of their own."""
    found = ask(activity.look, row_id, at=request.args.get("at", ""))
    if found["job"]:
        return redirect(url_for("console.jobs.look", job_id=found["job"]["id"]), 303)
    if found["row"]["direction"] == DELIVERY:
        ids = {"hook_id": found["row"]["hook_id"], "delivery_id": row_id}
        return redirect(url_for("console.hooks.delivery", **ids), 303)
    deliveries, event = found["deliveries"], found["event"] or {}
    return rendering.page(
        "way",
        **found,
        files_said=files.said(event.get("media") or ()),
        labels=labels(),
        hooks=_hooks([each["hook_id"] for each in deliveries]),
        directions=DIRECTIONS,
        channels_said=[CHANNELS[name] for name in found["channels"]],
        waiting=any(each["status"] in ("queued", "sending") for each in deliveries),
        word=_opt_out_word(found["event"]),
    )


def _opt_out_word(event: Mapping[str, Any] | None) -> str:
    """`stop` or `start` for a text by which somebody opts out or in, else ""."""
    if not event or "message" not in event:
        return ""
    stop = wanted.rules(services(), workspace()).stop
    numbers = [register.named(services(), event.get(name) or "") for name in ("phone", "to")]
    word = arriving.meant(event["message"] or "", event.get("opt_out"), stop, numbers)
    return word if word in ("stop", "start") else ""


@routes.post("/check")
def check() -> AnyResponse:
    """Ask every provider now instead of at its next turn."""
    able = [
        each
        for each in connections.listed(services(), workspace())
        if connections.can(services(), each, HasInbound)
    ]
    silent = ", ".join(each.label for each in _asked(able))
    if not able:
        notices.leave("bad", "No connected provider can list received messages.")
    elif silent:
        notices.leave("bad", f"Asked the providers. These list nothing at the moment: {silent}.")
    else:
        notices.leave("good", "Asked the providers; what they had is below.")
    return redirect(url_for("console.activity.listed"), 303)


def _asked(able: Sequence[Connection]) -> list[Connection]:
    """Ask all of them side by side; those that gave no list, or none in time."""
    own = services()
    ended: set[str] = set()

    def one(connection: Connection) -> None:
        sync.sync(own, connection, wait=True)
        ended.add(connection.id)

    at_once([partial(one, each) for each in able], REQUEST_SECONDS)
    failed = {each.id for each in able if (sync.shown(own, each) or {}).get("failures")}
    return [each for each in able if each.id in failed or each.id not in ended]
