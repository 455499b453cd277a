"""The endpoints of REST hooks and their deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from integration.hooks.inputs import HookChange, HookInput, ReplayInput, RotateInput
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Trigger
from integration.schema import json_schema as schema
from integration.schema.catalog_endpoints import name
from integration.schema.document import delivery_operation
from integration.schema.endpoint import Endpoint, in_path, ref
from integration.web.openapi import resources as shown
from integration.web.openapi.resources import PAGING

HOOK = in_path("hook_id", "hook_[0-9a-f]{20}", shown.HOOK_ID)
DELIVERY = in_path("delivery_id", "dlv_[a-z2-7]{26}", shown.DELIVERY_ID)
FLAT = "Filters may also stand flat beside `target_url`. The same subscription again is no error."
NAMED: dict[str, Any] = {"pattern": schema.SOMETHING, "minLength": 1}
SUBSCRIBED = {
    201: shown.one("Subscribed.", "Hook", shown.HOOK, headers=("Location",)),
    200: shown.one("The hook that exists.", "Hook", shown.HOOK, headers=("Location",)),
}


def endpoints(catalog: Catalog) -> Iterator[Endpoint]:
    triggers = list(catalog.triggers.values())
    yield _subscribe(triggers)
    for each in triggers:
        yield _subscribe_to(each)
    yield from _many()
    yield from _one()
    yield _update(triggers)
    yield _rotate()
    yield from _log()
    yield from _again()


def _subscribe(triggers: Iterable[Trigger]) -> Endpoint:
    events = {"anyOf": [ref(f"{name(each.key)}Event") for each in triggers]}
    return Endpoint(
        method="post",
        path="/v1/hooks",
        id="create_hook",
        tag="REST hooks",
        summary="Subscribe to a trigger.",
        description=FLAT,
        body={"oneOf": [_subscription(each) for each in triggers]},
        body_example={"target_url": "https://hooks.example.com/1", "trigger": "inbound-sms"},
        replies=SUBSCRIBED,
        problems=(404, 409),
        callbacks=_deliveries(events),
    )


def _subscribe_to(trigger: Trigger) -> Endpoint:
    body = schema.of_inputs(HookInput, only=("target_url", "platform", "description"))
    body["properties"] |= schema.properties(trigger.inputs)
    return Endpoint(
        method="post",
        path=f"/v1/triggers/{dashed(trigger.key)}/hooks",
        id=f"create_hook_{trigger.key}",
        tag="REST hooks",
        summary=f"Subscribe to {trigger.label}.",
        description="The same as POST /v1/hooks with this trigger, for platforms whose definitions"
        " hold one subscription an address.",
        body=body,
        body_example={"target_url": "https://hooks.example.com/1"},
        replies=SUBSCRIBED,
        problems=(404, 409),
        callbacks=_deliveries(ref(f"{name(trigger.key)}Event")),
    )


def _deliveries(event: dict[str, Any]) -> dict[str, Any]:
    return {"event": {"{$request.body#/target_url}": {"post": delivery_operation(event)}}}


def _subscription(trigger: Trigger) -> dict[str, Any]:
    filters = schema.of_inputs(trigger.inputs)
    key, first = next(iter(filters["properties"].items()))
    filters["examples"] = [{key: first["examples"][0]}]
    body = schema.of_inputs(HookInput, trigger={"const": dashed(trigger.key)})
    body["properties"]["trigger"].pop("examples", None)
    body["properties"]["filters"] = filters
    return body | {"title": trigger.label}


def _change(triggers: Iterable[Trigger]) -> dict[str, Any]:
    """A hook keeps its trigger, which the document cannot know: it shows the filters that every
    trigger has, and says that there are others."""
    kinds = [schema.of_inputs(each.inputs)["properties"] for each in triggers]
    shared = {key: kinds[0][key] for key in kinds[0] if all(key in each for each in kinds)}
    body = schema.of_inputs(HookChange)
    said = "Replaces all filters: these, and what else the hook's trigger filters by."
    body["properties"]["filters"] = schema.shut(shared) | {"title": "Filters", "description": said}
    return body


def _many() -> Iterator[Endpoint]:
    target = {"type": "string", "examples": [shown.HOOK["target_url"]]}
    given: dict[str, Any] = {"name": "target_url", "in": "query", "schema": target}
    narrowed = given | {"description": "Only hooks with this target."}
    yield Endpoint(
        method="get",
        path="/v1/hooks",
        id="list_hooks",
        tag="REST hooks",
        summary="List the hooks, without their secrets.",
        description="Where none is left since the store was emptied, `message` says so.",
        parameters=[narrowed, *PAGING],
        replies={200: shown.page("Hooks.", "Hook", shown.HOOK)},
        problems=(422,),
    )
    yield Endpoint(
        method="delete",
        path="/v1/hooks",
        id="delete_hooks_by_target",
        tag="REST hooks",
        summary="Unsubscribe every hook with a target, for platforms that lose the id.",
        parameters=[given | {"required": True, "schema": target | NAMED}],
        replies={200: shown.GONE},
        problems=(422,),
    )


def _one() -> Iterator[Endpoint]:
    path = "/v1/hooks/{hook_id}"
    reply = {200: shown.one("The hook.", "Hook", shown.HOOK)}
    common: dict[str, Any] = {"path": path, "tag": "REST hooks", "parameters": [HOOK]}
    yield Endpoint(
        method="get",
        id="get_hook",
        summary="Show a hook with its signing secret.",
        replies=reply,
        problems=(404,),
        **common,
    )
    yield Endpoint(
        method="delete",
        id="delete_hook",
        summary="Unsubscribe; no error where the hook is gone already.",
        replies={200: shown.GONE},
        **common,
    )


def _update(triggers: Iterable[Trigger]) -> Endpoint:
    return Endpoint(
        method="patch",
        path="/v1/hooks/{hook_id}",
        id="update_hook",
        tag="REST hooks",
        summary="Change a hook, pause it or wake it.",
        parameters=[HOOK],
        body=_change(triggers),
        body_required=False,
        body_example={"status": "active"},
        replies={200: shown.one("The hook.", "Hook", shown.HOOK)},
        problems=(404, 409),
    )


def _rotate() -> Endpoint:
    return Endpoint(
        method="post",
        path="/v1/hooks/{hook_id}/rotate-secret",
        id="rotate_hook_secret",
        tag="REST hooks",
        summary="Make a new signing secret; for a while the old one signs beside it.",
        parameters=[HOOK],
        body=schema.of_inputs(RotateInput),
        body_required=False,
        body_example={"overlap_hours": 24},
        replies={200: shown.one("The hook with its new secret.", "Hook", shown.HOOK)},
        problems=(404, 409),
    )


def _log() -> Iterator[Endpoint]:
    path = "/v1/hooks/{hook_id}"
    yield Endpoint(
        method="post",
        path=f"{path}/test",
        id="test_hook",
        tag="REST hooks",
        summary="Send a sample and wait up to five seconds for its outcome.",
        parameters=[HOOK],
        replies={200: shown.one("The delivery.", "Delivery", shown.DELIVERY)},
        problems=(404,),
    )
    yield Endpoint(
        method="get",
        path=f"{path}/deliveries",
        id="list_deliveries",
        tag="REST hooks",
        summary="Show the log of a hook's deliveries, newest first.",
        parameters=[HOOK, *PAGING],
        replies={200: shown.page("Deliveries.", "Delivery", shown.DELIVERY)},
        problems=(404, 422),
    )


def _again() -> Iterator[Endpoint]:
    since = schema.of_inputs(ReplayInput, event_id=NAMED) | {"minProperties": 1}
    count: dict[str, Any] = {
        "replayed": {"type": "integer", "minimum": 0},
        "trigger": {"type": "string"},
    }
    yield Endpoint(
        method="post",
        path="/v1/hooks/{hook_id}/replay",
        id="replay_hook",
        tag="REST hooks",
        summary="Send again what came since a time or an event.",
        parameters=[HOOK],
        body=since,
        body_example={"since": "2026-01-31T09:00:00Z"},
        replies={200: shown.plain("How many.", {"replayed": 3, "trigger": "inbound-sms"}, **count)},
        problems=(404,),
    )
    yield Endpoint(
        method="post",
        path="/v1/deliveries/{delivery_id}/replay",
        id="replay_delivery",
        tag="REST hooks",
        summary="Send one delivery again, under the same webhook-id.",
        parameters=[DELIVERY],
        replies={202: shown.one("Owed again.", "Delivery", shown.DELIVERY)},
        problems=(404, 409),
    )
