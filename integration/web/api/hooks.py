"""REST hooks: subscribe, look, change, test, replay, unsubscribe."""

import re
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, url_for

from integration.accounts import connections
from integration.delivery import hook_state, standing
from integration.hooks import sealed, subscriptions
from integration.hooks.inputs import (
    TRIGGER,
    HookChange,
    HookInput,
    RotateInput,
    Unsubscribed,
    check_filters,
    split_filters,
)
from integration.hooks.record import Hook
from integration.inbound import account_work, webhook_registration
from integration.kernel.catalog import dashed
from integration.kernel.errors import InvalidInput, NotFound, TargetRefused
from integration.kernel.specs import Trigger, Values
from integration.outbound import addresses
from integration.store import durability, keys, replicas
from integration.web.core import paging, reading, removal, rights, trail
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import base_url, caller, require, services, workspace

routes = Blueprint("hooks", __name__, url_prefix="/v1")
FILTERS = ("target_url", "q", "state")
OWN_INGRESS = "A hook cannot feed this service's own ingress; it would never end."


@routes.post("/hooks")
def subscribe() -> Reply:
    return _subscribed(reading.body())


@routes.post("/triggers/<key>/hooks")
def subscribe_to(key: str) -> Reply:
    """For platforms whose definitions hold one subscription an address (Power Automate). The
    trigger is the one of the address, whatever the body says."""
    own = {name: each for name, each in reading.body().items() if name not in TRIGGER["aliases"]}
    return _subscribed({**own, "trigger": key})


def _subscribed(body: dict[str, Any]) -> Reply:
    given, flat = split_filters(body)
    wanted = reading.load(HookInput, given)
    trigger = services().catalog.trigger(wanted["trigger"])
    filters = _filters(trigger, reading.together(wanted.get("filters", {}), flat))
    _check_target(wanted["target_url"])
    account_work.begin(services(), workspace(), trigger.kind)
    hook, made = subscriptions.subscribe(
        services(),
        workspace(),
        trigger=trigger.key,
        target_url=wanted["target_url"],
        filters=filters,
        platform=wanted.get("platform", ""),
        description=wanted.get("description", ""),
        texts=rights.sees_texts(),
        most=caller().limits.get("hooks"),
    )
    if made:
        _note("hook.created", hook)
    elif rights.sees_texts() and not hook.texts:
        # What this caller wants is a hook with texts.
        hook = subscriptions.change(services(), hook, texts=True)
        _note("hook.changed", hook, ": texts")
    webhook_registration.reconcile(services(), workspace())
    response = as_json(_shown(hook), 201 if made else 200)
    # Absolute and as platforms reach us: behind a proxy we may not see our own name.
    response.headers["Location"] = base_url() + url_for("hooks.show", hook_id=hook.id)
    return response


def _shown(hook: Hook) -> dict[str, Any]:
    return hook_state.one(services(), hook, with_secret=rights.sees_secrets())


def _note(action: str, hook: Hook, detail: str = "") -> None:
    trail.note(action, hook.id, f"{subscriptions.named(hook)}{detail}")


def _filters(trigger: Trigger, given: dict[str, Any]) -> dict[str, Any]:
    filters = reading.load(trigger.inputs, given)
    check_filters(trigger.inputs, filters)
    rights.require_for(filters)
    if "connection" in filters:
        connections.get(services(), workspace(), filters["connection"])
    return filters


def _check_target(url: str) -> None:
    if _is_own_ingress(url, services().settings.public_url):
        raise TargetRefused(OWN_INGRESS, errors={"target_url": [OWN_INGRESS]})
    private = services().settings.allow_private_targets
    addresses.check_field("target_url", url, allow_private=private)


def _is_own_ingress(url: str, public: str) -> bool:
    """Whether the address, in any spelling, leads to our own ingress."""
    ours, asked = urlsplit(public), urlsplit(url)
    start = f"{ours.path}/ingress/"
    path = re.sub("/{2,}", "/", unquote(asked.path))
    host = (asked.hostname or "").rstrip(".")
    return host == ours.hostname and path.startswith(start)


@routes.get("/hooks")
def every() -> Reply:
    every_one = subscriptions.listed(services(), workspace())
    if not every_one:
        sealed.check_key(services(), workspace())
    target, words, state = map(reading.one, FILTERS)
    there = [each for each in every_one if target in ("", each.target_url)]
    found = [each for each in there if _has(each, words.casefold())]
    if state and state not in standing.STATES:
        sentence = f"The states are {', '.join(standing.STATES)}."
        raise InvalidInput(sentence, errors={"state": [sentence]})
    if state:
        known = hook_state.shown(services(), found, with_secret=False)
        fit = [each for each in known if each["state"] == state]
        rows, following = paging.cut(fit, *FILTERS)
    else:
        few, following = paging.cut(found, *FILTERS)
        rows = hook_state.shown(services(), few, with_secret=False)
    return page(rows, following, "" if every_one else durability.lost(services().db))


def _has(hook: Hook, words: str) -> bool:
    """Whether what a list shows of the hook holds these words, in any letters."""
    shown = (hook.description, hook.target_url, dashed(hook.trigger), hook.platform, hook.id)
    return words in " ".join(shown).casefold()


@routes.get("/hooks/<hook_id>")
def show(hook_id: str) -> Reply:
    return as_json(_shown(subscriptions.get(services(), workspace(), hook_id)))


@routes.patch("/hooks/<hook_id>")
def change(hook_id: str) -> Reply:
    hook = subscriptions.get(services(), workspace(), hook_id)
    wanted = reading.load(HookChange, reading.body())
    if wanted.get("target_url", hook.target_url) != hook.target_url:
        _check_target(wanted["target_url"])
    if "filters" in wanted:
        trigger = services().catalog.trigger(hook.trigger)
        wanted["filters"] = _filters(trigger, wanted["filters"])
    wanted = {**wanted, **_texts(hook, wanted)}
    changed = subscriptions.change(services(), hook, **wanted)
    _note("hook.changed", changed, f": {', '.join(sorted(wanted))}")
    return as_json(_shown(changed))


def _texts(hook: Hook, wanted: Values) -> Values:
    """A caller who must not know what messages say sends them to no target of his choice."""
    if wanted.get("texts"):
        require("texts")
    if rights.sees_texts() or wanted.get("target_url", hook.target_url) == hook.target_url:
        return {}
    rights.require_for(wanted.get("filters", hook.filters))
    return {"texts": False}


@routes.delete("/hooks/<hook_id>")
def unsubscribe(hook_id: str) -> Reply:
    """200 with `{}` also when it is gone already: platforms repeat themselves, and Zapier's
    shorthand fails on an empty body."""
    found_by = "HGET", keys.hook(hook_id), "workspace"
    with suppress(NotFound), removal.confirmed(*found_by, as_=workspace()):
        _remove(hook_id)
    return as_json({})


@routes.delete("/hooks")
def unsubscribe_target() -> Reply:
    """For platforms that lose the id: every hook with this `target_url`, or those of a trigger."""
    wanted = reading.load(Unsubscribed, reading.query())
    named = wanted.get("trigger")
    trigger = services().catalog.trigger(named).key if named else None
    sealed.check_opened(services(), workspace())
    for hook in subscriptions.listed(services(), workspace()):
        if hook.target_url == wanted["target_url"] and trigger in (None, hook.trigger):
            unsubscribe(hook.id)
    # Also where a call removed them that got 503, and comes again.
    replicas.confirm(services().db, services().settings.store_replicas, ("PING",))
    return as_json({})


def _remove(hook_id: str) -> None:
    """Also one that cannot be read: SECRET_KEY does not open it, or its record is damaged."""
    hook = subscriptions.by_id(services(), hook_id)
    subscriptions.remove_by_id(services(), workspace(), hook_id)
    trail.note("hook.deleted", hook_id, subscriptions.named(hook) if hook else "")
    webhook_registration.reconcile(services(), workspace())


@routes.post("/hooks/<hook_id>/rotate-secret")
def rotate(hook_id: str) -> Reply:
    """A new signing secret; for a while deliveries bear a signature of each."""
    hook = subscriptions.get(services(), workspace(), hook_id)
    wanted = reading.load(RotateInput, reading.body())
    changed = subscriptions.rotate(services(), hook, wanted["overlap_hours"] * 3_600_000)
    _note("hook.secret-rotated", changed)
    return as_json(_shown(changed))
