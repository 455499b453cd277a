"""Deliveries of REST hooks: look, test, send now, send again."""

import re
import time

from flask import Blueprint

from integration.delivery import again, listing
from integration.delivery import log as deliveries
from integration.delivery.again import Span
from integration.delivery.listing import STATUSES, Place
from integration.hooks import subscriptions
from integration.hooks.inputs import ReplayInput
from integration.kernel.catalog import dashed
from integration.kernel.errors import InvalidInput
from integration.kernel.specs import Values
from integration.kernel.times import parse_strict
from integration.store.clock import wall_ms
from integration.web.core import paging, reading, rights
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import services, workspace

routes = Blueprint("deliveries", __name__, url_prefix="/v1")
CURSOR = r"([0-9]{1,14}(?:\.[0-9]{1,12})?)_(dlv_[a-z0-9]{1,64})_([0-9]{1,15}-[0-9]{1,15})?"
"""A Place as text; the place in the inbox is left out within the log."""
PLACE = re.compile(f"{CURSOR}|()")
TEST_WAIT = 5.0
"""Seconds that a test waits for its outcome before it answers without it."""


@routes.post("/hooks/<hook_id>/test")
def test(hook_id: str) -> Reply:
    """Send a sample the way that events take, and return its delivery."""
    hook = subscriptions.get(services(), workspace(), hook_id)
    record = again.test(services(), hook, again.sample(services(), hook))
    deadline = time.monotonic() + TEST_WAIT
    while not record.get("attempts") and time.monotonic() < deadline:
        time.sleep(0.05)
        record = deliveries.get(services(), workspace(), record["id"])
    return as_json(deliveries.shown(record))


@routes.get("/hooks/<hook_id>/deliveries")
def log(hook_id: str) -> Reply:
    hook = subscriptions.get(services(), workspace(), hook_id)
    limit, found = paging.read(PLACE, "status")
    status = reading.one("status")
    if status and status not in STATUSES:
        sentence = f"There is no status {status[:40]}; there are {', '.join(STATUSES)}."
        raise InvalidInput(sentence, errors={"status": [sentence]})
    after = Place(float(found[1]), found[2], found[3] or "") if found[1] else None
    rows, following = listing.page(services(), hook, limit, after, status)
    return page(rows, _cursor(following))


def _cursor(place: Place | None) -> str | None:
    return f"{place.score!r}_{place.id}_{place.position}" if place else None


@routes.post("/hooks/<hook_id>/send-now")
def send_now(hook_id: str) -> Reply:
    """Try at once what waits, whatever it waits for."""
    hook = subscriptions.get(services(), workspace(), hook_id)
    return as_json({"sent": again.now(services(), hook)})


@routes.post("/hooks/<hook_id>/replay")
def replay(hook_id: str) -> Reply:
    """Send again what came in a span of time, or what failed; a dry run only counts it."""
    hook = subscriptions.get(services(), workspace(), hook_id)
    wanted: Values = reading.load(ReplayInput, reading.body())
    failed, dry = wanted.get("failed", False), wanted.get("dry_run", False)
    if not failed and not wanted.get("since") and not wanted.get("event_id"):
        sentence = "Say from when: give since (a time with an offset), event_id, or failed."
        raise InvalidInput(sentence, errors={"since": [sentence]})
    span = Span(
        since_ms=_moment(wanted.get("since")) or 0,
        until_ms=_moment(wanted.get("until")),
        event_id=wanted.get("event_id", ""),
    )
    found = (again.dead if failed else again.since)(services(), hook, span)
    kind = services().catalog.trigger(hook.trigger).kind
    made = 0 if dry else again.replay(services(), workspace(), kind, found)
    return as_json({"matching": len(found), "replayed": made, "trigger": dashed(hook.trigger)})


def _moment(at: str | None) -> int | None:
    return max(0, min(int(parse_strict(at).timestamp() * 1000), wall_ms())) if at else None


@routes.get("/deliveries/<delivery_id>")
def show(delivery_id: str) -> Reply:
    record = deliveries.get(services(), workspace(), delivery_id)
    return as_json(deliveries.whole(services(), record, texts=rights.sees_texts()))


@routes.post("/deliveries/<delivery_id>/replay")
def replay_one(delivery_id: str) -> Reply:
    record = deliveries.get(services(), workspace(), delivery_id)
    return as_json(again.again(services(), workspace(), record), 202)
