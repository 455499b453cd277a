"""A hook's deliveries sent again: what is chosen is counted before it is sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from integration.kernel import times
from integration.kernel.errors import HooklineError
from integration.web.api import deliveries, hooks
from integration.web.console import rendering
from integration.web.console.calls import ask, button, press, tell
from integration.web.console.hook_pages import page_of, routes
from integration.web.core.current import require

SPANS = {"1": "the last hour", "24": "the last 24 hours", "168": "the last 7 days"}


@routes.get("/<hook_id>/again")
def choose(hook_id: str) -> Response:
    """What is to be sent again, and how many that are, before anything is."""
    require("hooks")
    span = _span()
    failed = tell(deliveries.replay, hook_id, body={"failed": True, "dry_run": True})["matching"]
    frame: dict[str, Any] = {"hook": ask(hooks.show, hook_id), "spans": SPANS, "failed": failed}
    try:
        count = tell(deliveries.replay, hook_id, body={**span, "dry_run": True}) if span else None
    except HooklineError as error:
        return rendering.refusal(error, "hook_again", **frame)
    # Whatever offset they were typed with, the page shows them in one zone.
    span = {name: _in_utc(each) if name != "failed" else each for name, each in span.items()}
    return rendering.page("hook_again", **frame, span=span, count=count and count["matching"])


def _span() -> dict[str, Any]:
    """What the query names, with both ends, so that what comes meanwhile changes no count."""
    asked, now = request.args, datetime.now(UTC)
    if asked.get("span") == "failed":
        return {"failed": True}
    if asked.get("span") in SPANS:
        since = times.rfc3339(now - timedelta(hours=int(asked["span"])))
        return {"since": since, "until": times.rfc3339(now)}
    if asked.get("span") != "times" or not asked.get("since", "").strip():
        return {}
    return {"since": asked["since"], "until": asked.get("until", "").strip() or times.rfc3339(now)}


def _in_utc(moment: str) -> str:
    return times.rfc3339(times.parse_strict(moment))


@routes.post("/<hook_id>/replay")
def replay(hook_id: str) -> Any:
    body = {name: request.form.get(name, "") for name in ("since", "until", "failed")}
    return press(deliveries.replay, hook_id, back=page_of(hook_id), said=_replayed, body=body)


def _replayed(answer: dict[str, Any]) -> tuple[bool, str]:
    count = answer["replayed"]
    if not count:
        return False, "Nothing of that can be sent again: it waits already, or is gone."
    return True, f"{count} {'delivery is' if count == 1 else 'deliveries are'} sent again."


def _sent(answer: dict[str, Any]) -> tuple[bool, str]:
    count = answer["sent"]
    if not count:
        return False, "Nothing waits any more."
    return True, f"{count} {'delivery is' if count == 1 else 'deliveries are'} tried now."


@routes.post("/<hook_id>/deliveries/<delivery_id>/replay")
def replay_one(hook_id: str, delivery_id: str) -> Any:
    return press(
        deliveries.replay_one,
        delivery_id,
        back=url_for("console.hooks.delivery", hook_id=hook_id, delivery_id=delivery_id),
        said="The delivery is sent again, under the same webhook-id.",
    )


button(routes, "/<hook_id>/send-now", deliveries.send_now, _sent)
