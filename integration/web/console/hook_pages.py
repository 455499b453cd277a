"""Hooks: which events go to which address, the delivery log, and the buttons of each."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.delivery import log
from integration.delivery.standing import STATES
from integration.hooks import subscriptions
from integration.hooks.inputs import HookChange, HookInput
from integration.inbound import inbox
from integration.kernel import times
from integration.kernel.errors import HooklineError
from integration.kernel.specs import Trigger
from integration.web.api import deliveries, hooks
from integration.web.console import forms, notices, rendering
from integration.web.console.calls import ask, button, tell
from integration.web.core.current import require, services, workspace

routes = Blueprint("hooks", __name__, url_prefix="/console/hooks")
PER_PAGE = 25
FIRST = "inbound-sms"
CHANGED = "The hook is changed."
MOVED = "What waits goes to the new address now."
STATUSES = {"queued": "Waiting", "delivered": "Delivered", "dead": "Failed"}
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
    return _hook_page(hook_id)


@routes.post("/<hook_id>/secret")
def secret(hook_id: str) -> Response:
    """The page with the signing secret, for those who may write; a look does not hold it."""
    return _hook_page(hook_id, with_secret=True)


def _hook_page(hook_id: str, *, with_secret: bool = False) -> Response:
    hook = ask(hooks.show, hook_id)
    shown = hook.pop("secret", None)
    status = request.args.get("status", "")
    cursor = request.args.get("cursor", "")
    found = ask(deliveries.log, hook_id, limit=PER_PAGE, cursor=cursor, status=status)
    return rendering.page(
        "hook",
        hook=hook,
        secret=shown if with_secret else None,
        trigger=services().catalog.trigger(hook["trigger"]),
        deliveries=found["data"],
        following=found["next_cursor"],
        status=status,
        statuses=STATUSES,
        paged=bool(cursor),
        waiting=any(each["status"] in ("queued", "sending") for each in found["data"]),
    )


@routes.get("/<hook_id>/deliveries/<delivery_id>")
def delivery(hook_id: str, delivery_id: str) -> Response:
    return rendering.page(
        "delivery",
        hook=ask(hooks.show, hook_id),
        delivery=ask(deliveries.show, delivery_id),
        event_at=_event_at(delivery_id),
    )


def _event_at(delivery_id: str) -> str:
    """When the event came in, by which also an old one is found."""
    record = log.get(services(), workspace(), delivery_id)
    at, _ = inbox.order(record["position"])
    return times.from_ms(at)


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


@routes.get("/<hook_id>/edit")
def edit(hook_id: str) -> Response:
    require("hooks")
    hook = ask(hooks.show, hook_id)
    given = {"description": hook["description"] or "", "target_url": hook["target_url"]}
    return rendering.page("hook_edit", **_edit_form(hook, {**given, **hook["filters"]}))


@routes.post("/<hook_id>/edit")
def change(hook_id: str) -> Response | AnyResponse:
    """What the form holds replaces what the hook has. One that is left without a name is named by
    its trigger: a blank description means that none was given."""
    hook, given = ask(hooks.show, hook_id), forms.given()
    trigger = services().catalog.trigger(hook["trigger"])
    own = ("description", "target_url")
    body: dict[str, Any] = {name: given[name] for name in own if name in given}
    if hook["description"] and "description" not in given:
        body["description"] = hook["trigger"]
    try:
        told = tell(
            hooks.change, hook_id, body={**body, "filters": forms.only(given, trigger.inputs)}
        )
    except HooklineError as error:
        return rendering.refusal(error, "hook_edit", **_edit_form(hook, given, error))
    moved = told["target_url"] != hook["target_url"] and hook["waiting"]
    goes = moved and told["status"] == subscriptions.ACTIVE
    notices.leave("good", f"{CHANGED} {MOVED}" if goes else CHANGED)
    return redirect(page_of(hook_id), 303)


def _edit_form(
    hook: dict[str, Any], given: dict[str, Any], error: HooklineError | None = None
) -> dict[str, Any]:
    trigger = services().catalog.trigger(hook["trigger"])
    own = forms.controls(HookChange, given, error, leave_out=("filters", "status", "texts"))
    by_name = {each["key"]: each for each in own}
    return {
        "hook": hook,
        "own": [by_name["description"], by_name["target_url"]],
        "filters": forms.controls(trigger.inputs, given, error),
    }


def page_of(hook_id: str) -> str:
    return url_for("console.hooks.look", hook_id=hook_id)


PAUSED = "The hook is paused; what comes is kept until it is resumed."
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
