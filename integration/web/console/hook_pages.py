"""Hooks: which events go to which address, the delivery log, and the buttons of each."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.delivery.standing import STATES
from integration.hooks.inputs import HookInput
from integration.kernel import times
from integration.kernel.errors import HooklineError
from integration.kernel.specs import Trigger
from integration.web.api import deliveries, hooks
from integration.web.console import forms, notices, rendering
from integration.web.console.calls import ask, button, press, tell
from integration.web.core.current import services

routes = Blueprint("hooks", __name__, url_prefix="/console/hooks")
PER_PAGE = 25
FIRST = "inbound-sms"
SPANS = {"1": "the last hour", "24": "the last 24 hours", "168": "the last 7 days"}
OWN = ("trigger", "filters")


@routes.get("")
def listed() -> Response:
    asked = {name: request.args.get(name, "").strip() for name in ("state", "q")}
    found = ask(hooks.every, limit=PER_PAGE, cursor=request.args.get("cursor", ""), **asked)
    return rendering.page(
        "hooks",
        hooks=found["data"],
        following=found["next_cursor"],
        why=found.get("message"),
        asked=asked,
        filtered=any(asked.values()),
        states=STATES,
    )


@routes.get("/<hook_id>")
def look(hook_id: str) -> Response:
    hook = ask(hooks.show, hook_id)
    cursor = request.args.get("cursor", "")
    log = ask(deliveries.log, hook_id, limit=PER_PAGE, cursor=cursor)
    return rendering.page(
        "hook",
        hook=hook,
        trigger=services().catalog.trigger(hook["trigger"]),
        deliveries=log["data"],
        following=log["next_cursor"],
        spans=SPANS,
        waiting=any(each["status"] == "queued" for each in log["data"]),
    )


@routes.get("/<hook_id>/deliveries/<delivery_id>")
def delivery(hook_id: str, delivery_id: str) -> Response:
    return rendering.page(
        "delivery", hook=ask(hooks.show, hook_id), delivery=ask(deliveries.show, delivery_id)
    )


@routes.get("/new")
def form() -> Response:
    # A platform's setup sheet links here with its own name.
    known = {"platform": request.args.get("platform", "")}
    return rendering.page("hook_new", **_form(_trigger(), known))


@routes.post("/new")
def subscribe() -> Response | AnyResponse:
    given = forms.given()
    try:
        made = tell(hooks.subscribe, body=given)
    except HooklineError as error:
        return rendering.refusal(error, "hook_new", **_form(_trigger(), given, error))
    notices.leave("good", "The hook is there. Send it a test to see whether its target answers.")
    return redirect(url_for("console.hooks.look", hook_id=made["id"]), 303)


def _trigger() -> Trigger:
    return services().catalog.trigger(request.values.get("trigger") or FIRST)


def _form(
    trigger: Trigger, given: dict[str, str], error: HooklineError | None = None
) -> dict[str, Any]:
    return {
        "trigger": trigger,
        "triggers": services().catalog.triggers.values(),
        "own": forms.controls(HookInput, given, error, leave_out=OWN),
        "filters": forms.controls(trigger.inputs, given, error),
    }


def _tested(delivery: dict[str, Any]) -> tuple[bool, str]:
    attempts = delivery["attempts"]
    if not attempts:
        return True, "The test is on its way; its outcome will show below."
    outcome = str(attempts[-1].get("detail") or delivery["status"]).rstrip(".")
    if delivery["status"] == "delivered":
        return True, f"The target took the test: {outcome}."
    return False, f"The target did not take the test: {outcome}."


@routes.post("/<hook_id>/replay")
def replay(hook_id: str) -> Any:
    span = request.form.get("span", "")
    hours = int(span) if span in SPANS else 1
    start = times.rfc3339(datetime.now(UTC) - timedelta(hours=hours))
    back = _page_of(hook_id)
    return press(deliveries.replay, hook_id, back=back, said=_replayed, body={"since": start})


def _replayed(answer: dict[str, Any]) -> tuple[bool, str]:
    count = answer["replayed"]
    if not count:
        return False, "Nothing that fits this hook came in that time."
    return True, f"{count} {'delivery is' if count == 1 else 'deliveries are'} sent again."


@routes.post("/<hook_id>/deliveries/<delivery_id>/replay")
def replay_one(hook_id: str, delivery_id: str) -> Any:
    return press(
        deliveries.replay_one,
        delivery_id,
        back=url_for("console.hooks.delivery", hook_id=hook_id, delivery_id=delivery_id),
        said="The delivery is sent again, under the same webhook-id.",
    )


def _page_of(hook_id: str) -> str:
    return url_for("console.hooks.look", hook_id=hook_id)


PAUSED = "The hook is paused; what it is owed is kept until it goes on."
ROTATED = "There is a new signing secret; for 24 hours the old one signs beside it."
button(routes, "/<hook_id>/test", deliveries.test, _tested)
button(routes, "/<hook_id>/pause", hooks.change, PAUSED, body={"status": "paused"})
button(
    routes,
    "/<hook_id>/resume",
    hooks.change,
    "The hook is active again.",
    body={"status": "active"},
)
button(
    routes,
    "/<hook_id>/texts",
    hooks.change,
    "From now on its deliveries say what messages say.",
    body={"texts": True},
)
button(routes, "/<hook_id>/rotate", hooks.rotate, ROTATED)
button(routes, "/<hook_id>/delete", hooks.unsubscribe, "The hook is deleted.", back=".listed")
