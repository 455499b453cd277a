"""Sending rules: what holds for texts whose call does not say otherwise, as one form."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.kernel.errors import HooklineError
from integration.kernel.sending_inputs import SendingRulesInput
from integration.web.api import accounts as account_routes
from integration.web.api import sending
from integration.web.api.sending import FALLBACKS
from integration.web.console import forms, notices, rendering
from integration.web.console.calls import ask, ask_all, tell

routes = Blueprint("sending", __name__, url_prefix="/console/sending")
PLACES = ("First", "Second", "Third")
SENDS = {"send-sms", "send-mms"}


@routes.get("")
def form() -> Response:
    rules = ask(sending.rules)
    return rendering.page("sending", **_controls(rules, rules[FALLBACKS]))


@routes.post("")
def change() -> Response | AnyResponse:
    """A rule left blank is again what it was at first."""
    given = forms.given()
    fallbacks = [value for name, value in sorted(given.items()) if name.startswith(FALLBACKS)]
    rules = forms.only(given, SendingRulesInput)
    body = {**dict.fromkeys(SendingRulesInput().fields), **rules, FALLBACKS: fallbacks}
    try:
        tell(sending.change, body=body)
    except HooklineError as error:
        return rendering.refusal(error, "sending", **_controls(given, fallbacks, error))
    notices.leave("good", "The new rules hold from now on.")
    return redirect(url_for("console.sending.form"), 303)


def _controls(
    given: Mapping[str, Any], fallbacks: Sequence[str], error: HooklineError | None = None
) -> dict[str, Any]:
    """The fields of the form; `places` are the fallbacks in their order, one more than chosen."""
    every = ask_all(account_routes.every)
    choices = [(each["id"], each["label"]) for each in every if SENDS & {*each["capabilities"]}]
    places = [
        {
            "key": f"{FALLBACKS}_{number}",
            "label": PLACES[number] if number < len(PLACES) else "Next",
            "widget": "select",
            "choices": choices,
            "value": fallbacks[number] if number < len(fallbacks) else "",
            "help": "",
            "errors": (),
        }
        for number in range(max(len(PLACES), len(fallbacks) + 1))
    ]
    controls = forms.controls(SendingRulesInput, given, error, leave_out=(FALLBACKS,))
    wrong = error.problem().get("errors", {}).get(FALLBACKS, ()) if error else ()
    return {"controls": controls, "places": places, "wrong": wrong}
