"""The inbox: what came in, newest first; the one place where the texts are shown."""

import json
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import connections
from integration.inbound import cursors, sync
from integration.kernel.capabilities import ListsInbound
from integration.kernel.catalog import dashed
from integration.kernel.errors import Forbidden, HooklineError, InvalidInput
from integration.kernel.specs import Trigger
from integration.web.console import forms, notices, rendering
from integration.web.core import reading, rights
from integration.web.core.current import services, workspace

routes = Blueprint("inbox", __name__, url_prefix="/console/inbox")
PER_PAGE = 50
MOST_PAGES = 2000
FIRST = "inbound-sms"


@routes.get("")
def listed() -> Response:
    trigger = services().catalog.trigger(request.args.get("trigger") or FIRST)
    given = forms.only(forms.given(), trigger.inputs)
    try:
        filters = reading.load(trigger.inputs, given)
        rights.require_for(filters)
    except (Forbidden, InvalidInput) as error:
        return rendering.refusal(error, "inbox", **_frame(trigger, given, error), events=[])
    page = _page_asked()
    found = cursors.matching(services(), workspace(), trigger, filters)
    rows = list(islice(found, page * PER_PAGE, (page + 1) * PER_PAGE + 1))
    return rendering.page(
        "inbox",
        **_frame(trigger, given),
        events=[rights.row(json.loads(row.json)) for row in rows[:PER_PAGE]],
        newer=_address(page - 1) if page else None,
        older=_address(page + 1) if len(rows) > PER_PAGE else None,
    )


def _frame(
    trigger: Trigger, given: dict[str, str], error: HooklineError | None = None
) -> dict[str, Any]:
    every = sorted(services().catalog.triggers.values(), key=lambda each: dashed(each.key) != FIRST)
    return {
        "trigger": trigger,
        "triggers": [each for each in every if not each.single],
        "filtered": bool(given),
        "controls": forms.controls(trigger.inputs, given, error),
        "labels": {each.id: each.label for each in connections.listed(services(), workspace())},
    }


def _page_asked() -> int:
    text = request.args.get("page", "0")
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdecimal() else 0


def _address(page: int) -> str:
    others = {name: value for name, value in request.args.items() if name != "page"}
    return "?" + urlencode({**others, "page": page} if page else others)


@routes.post("/check")
def check() -> AnyResponse:
    """Ask every provider now instead of at its next turn."""
    able = [
        each
        for each in connections.listed(services(), workspace())
        if connections.can(services(), each, ListsInbound)
    ]
    for each in able:
        sync.sync(services(), each, wait=True)
    if able:
        notices.leave("good", "Asked the providers; what they had is below.")
    else:
        notices.leave("bad", "No connected provider can list received messages.")
    return redirect(url_for("console.inbox.listed"), 303)
