"""Opt-outs: who gets no more texts, by which words people opt out, and tables in and out."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.kernel import opt_out_words
from integration.kernel.errors import HooklineError, InvalidInput
from integration.kernel.opt_out_inputs import EntryInput, RulesInput
from integration.kernel.opt_outs import EVERY
from integration.opt_outs import register
from integration.web.api import opt_out_rows, opt_outs
from integration.web.api.opt_outs import ListInput
from integration.web.console import activity_pages, forms, notices, places, rendering
from integration.web.console.calls import ask, press, tell
from integration.web.core import reading
from integration.web.core.current import caller, services, workspace

routes = Blueprint("opt_outs", __name__, url_prefix="/console/opt-outs")
PER_PAGE = 50
STATES = (("", "Everyone"), ("true", "Get no texts"), ("false", "Texted again"))
"""What the pills choose, and their words."""
FILTERS = ("q", "connection", "sender", "out")
LEFT_OUT = ("changed_at", "opted_out")
HOW = {"word": "Texted", "provider": "Said by the provider", "hand": "By hand"}


@routes.get("")
def listed() -> Response:
    try:
        return rendering.page("opt_outs", **_page())
    except InvalidInput as error:
        return rendering.refusal(error, "opt_outs", **_frame(), rows=(), pages=(None, None))


def _page() -> dict[str, Any]:
    """The page with its rows; without them for a key that does not see texts."""
    if "texts" not in caller().scopes:
        return {**_frame(), "rows": (), "pages": (None, None)}
    given = _given()
    cursor = request.args.get("cursor", "")
    found = ask(opt_outs.every, limit=PER_PAGE, cursor=cursor, **_query(given))
    following = found["next_cursor"]
    older = _address(given, cursor=following) if following else None
    pages = (_address(given) if cursor else None, older)
    return {**_frame(), "rows": found["data"], "pages": pages}


def _given() -> dict[str, str]:
    return {name: value for name in FILTERS if (value := request.args.get(name, "").strip())}


def _address(given: Mapping[str, str], **more: str) -> str:
    return url_for(".listed") + activity_pages.address(given, **more)


def _query(given: Mapping[str, str]) -> dict[str, str]:
    """The filters as the API has them: digits alone are the end of a number."""
    text = "".join(given.get("q", "").split())
    number = {"ending" if text.isdecimal() else "phone": text} if text else {}
    return {**{name: each for name, each in given.items() if name != "q"}, **number}


def _frame(**more: Any) -> dict[str, Any]:
    given, homes = _given(), register.homes(services(), workspace())
    states = [(_address(given, out=key), words, key) for key, words in STATES]
    rules = ask(opt_outs.rules)
    shown = {**rules, "stop_words": ", ".join(rules["stop_words"])}
    shown |= {name: str(rules[name]).lower() for name in ("enabled", "confirm")}
    return {
        "given": given,
        "kept": given | ({"cursor": cursor} if (cursor := request.args.get("cursor")) else {}),
        "export": url_for(".export") + activity_pages.address(given),
        "states": states,
        "homes": [each.id for each in homes],
        "labels": {EVERY: "every account", **activity_pages.labels()},
        "how": HOW,
        "rules": rules,
        "narrow": ", ".join(word for some in opt_out_words.NARROW.values() for word in some),
        "rule_controls": forms.controls(RulesInput, shown),
        "controls": forms.controls(EntryInput, {}, leave_out=LEFT_OUT),
        "most_rows": opt_out_rows.MOST_ROWS,
        **more,
    }


def _refused(error: HooklineError, **more: Any) -> Response:
    return rendering.refusal(error, "opt_outs", **{**_page(), **more})


@routes.post("")
def add() -> Response | AnyResponse:
    given = forms.given()
    try:
        changed = tell(opt_outs.add, body=given)["changed"]
    except HooklineError as error:
        return _refused(error, controls=forms.controls(EntryInput, given, error, LEFT_OUT))
    notices.leave("good", "Added: no more texts." if changed else "This was known already.")
    return redirect(url_for(".listed"), 303)


@routes.post("/lift")
def lift() -> AnyResponse:
    """Back to the page of the list that the form stood on."""
    pressed: AnyResponse = press(
        opt_outs.lift, back=places.page(), said=_lifted, body=forms.given()
    )
    return pressed


def _lifted(answer: Mapping[str, Any]) -> tuple[bool, str]:
    if answer["changed"]:
        return True, "Lifted: this person gets texts again."
    return False, "This opt-out was not there any more."


@routes.post("/rules")
def change_rules() -> Response | AnyResponse:
    given = {name: request.form.get(name, "") for name in RulesInput().fields}
    try:
        tell(opt_outs.change_rules, body=given)
    except HooklineError as error:
        return _refused(error, rule_controls=forms.controls(RulesInput, given, error))
    notices.leave("good", "The rules are changed; they hold everywhere within 5 seconds.")
    return redirect(url_for(".listed") + "#rules", 303)


@routes.get("/export")
def export() -> Response:
    """Everybody whom the filters let through."""
    given = reading.load(ListInput, _query(_given()))
    response = Response(opt_outs.table(given), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="opt-outs.csv"'
    return response


@routes.post("/import")
def load() -> Response:
    """Answered with the page itself: the report of a table is long."""
    try:
        rows = opt_out_rows.of_csv(_file())
        report = opt_outs.taken(rows, skip_wrong="skip_wrong" in request.form)
    except HooklineError as error:
        wrong = error.problem().get("errors", {})
        return _refused(error, wrong=wrong.get("rows", ()) if isinstance(wrong, dict) else ())
    return rendering.page("opt_outs", **_page(), report=report)


def _file() -> bytes:
    """The table that the form sent, b"" where none was chosen."""
    sent = request.files.get("table")
    return sent.read() if sent else b""
