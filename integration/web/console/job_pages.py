"""Jobs: what was sent, what became of it, and a form to send one more."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import connections
from integration.jobs import batches, ledger, retry_and_cancel
from integration.kernel.catalog import dashed
from integration.kernel.errors import HooklineError
from integration.kernel.feed_query import DIRECTIONS, OUT
from integration.kernel.specs import Action
from integration.web.api import actions as job_routes
from integration.web.api import activity
from integration.web.console import forms, once, rendering
from integration.web.console.calls import ask, button, press, tell
from integration.web.core.current import services, workspace

routes = Blueprint("jobs", __name__, url_prefix="/console/jobs")
RARE = (
    *("sender_id", "dlt_template_id", "deduplicate_within", "as_is"),
    *("fallback_connections", "failover_after", "idempotency_key"),
)


@routes.get("")
def listed() -> AnyResponse:
    """The list of before leads to the same rows of the feed."""
    q, status = request.args.get("batch_id"), request.args.get("status")
    return redirect(url_for("console.activity.listed", direction=OUT, q=q, status=status), 303)


def _labels() -> dict[str, str]:
    return {dashed(each.key): each.label for each in services().catalog.actions.values()}


@routes.get("/<job_id>")
def look(job_id: str) -> Response | AnyResponse:
    if batches.is_id(job_id):
        return redirect(url_for("console.jobs.listed", batch_id=job_id), 303)
    job, way = ask(job_routes.look, job_id), ask(activity.look, job_id)
    labels = {each.id: each.label for each in connections.listed(services(), workspace())}
    return rendering.page(
        "job",
        job=job,
        **{name: way[name] for name in ("row", "before", "after")},
        directions=DIRECTIONS,
        labels=labels,
        hooks={},
        label=labels.get(job["connection"]),
        action=_labels().get(job["action"], job["action"]),
        given={name: str(value) for name, value in job["input"].items() if value},
        timeline=_timeline(job),
        can_retry=job["status"] in retry_and_cancel.RETRIED,
        can_cancel=job["status"] in retry_and_cancel.CANCELLED,
        settled=job["status"] in (*ledger.SETTLED, "scheduled"),
    )


def _timeline(job: dict[str, Any]) -> list[dict[str, str]]:
    """From its acceptance on: attempts and receipts, in the order they happened."""
    steps = [{"at": job["created_at"], "outcome": "accepted", "detail": "The call was accepted."}]
    steps += [dict(each) for each in job["attempts"]]
    for each in job["receipts"]:
        detail = f"A receipt of the provider. {each.get('reason') or ''}"
        steps.append({"at": each["at"], "outcome": each["status"], "detail": detail})
    return sorted(steps, key=lambda step: step["at"])


@routes.get("/new/<key>")
def form(key: str) -> Response:
    return rendering.page("job_new", **_form(services().catalog.action(key), {}))


@routes.post("/new/<key>")
def send(key: str) -> Response | AnyResponse:
    """The form is known by its token and fields, so a double click is one job."""
    given = forms.given()
    try:
        made = tell(job_routes.run, key, body={"idempotency_key": once.idempotency_key(), **given})
    except HooklineError as error:
        action = services().catalog.action(key)
        return rendering.refusal(error, "job_new", **_form(action, given, error))
    return redirect(url_for("console.jobs.look", job_id=made["id"]), 303)


def _form(
    action: Action, given: dict[str, str], error: HooklineError | None = None
) -> dict[str, Any]:
    every = forms.controls(action.inputs, given, error)
    rare = [each for each in every if each["key"] in RARE]
    return {
        "action": action,
        "actions": _labels(),
        "key": dashed(action.key),
        "controls": [each for each in every if each not in rare],
        "rare": rare,
        "able": _able(action),
    }


def _able(action: Action) -> bool:
    if action.needs is None:
        return True
    found = connections.listed(services(), workspace())
    return any(connections.can(services(), each, action.needs) for each in found)


@routes.post("/<job_id>/retry")
def retry(job_id: str) -> AnyResponse:
    """An unknown text is asked about first, also where an older page showed another status."""
    job = ledger.by_id(services(), job_id)
    if job and job.workspace == workspace() and job.status == "unknown":
        return redirect(url_for("console.unknown.again", job_id=job_id), 303)
    here = url_for(".look", job_id=job_id)
    pressed: AnyResponse = press(job_routes.retry, job_id, back=here, said=_again)
    return pressed


def _again(job: Mapping[str, Any]) -> tuple[bool, str]:
    return True, f"The job is {job['status']} again."


button(routes, "/<job_id>/cancel", job_routes.cancel, "The job is cancelled.")
