"""The endpoints of REST hooks and their deliveries."""

from collections.abc import Iterable
from typing import Any

from integration.delivery.standing import STATES
from integration.hooks.inputs import HookChange, HookInput, RotateInput, Unsubscribed
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Trigger
from integration.schema import json_schema as schema
from integration.schema.catalog_endpoints import name
from integration.schema.document import delivery_operation
from integration.schema.endpoint import Endpoint, ref
from integration.web.openapi.delivery_endpoints import DELIVERIES
from integration.web.openapi.hook_resources import HOOK as HOOK_SAMPLE
from integration.web.openapi.resources import GONE, PAGING, one, page, section

HOOK = "/v1/hooks/{hook_id}"
FLAT = "Filters may also stand flat beside `target_url`. The same subscription again is no error."
SAME = (
    "The same as POST /v1/hooks with this trigger, for platforms whose definitions hold one"
    " subscription an address."
)
SUBSCRIBED = [
    one("Hook", "Subscribed.", 201, headers=("Location",)),
    one("Hook", "The hook that exists.", headers=("Location",)),
]
TARGET: dict[str, Any] = {"type": "string", "examples": [HOOK_SAMPLE["target_url"]]}
BY_TARGET: dict[str, Any] = {
    "name": "target_url",
    "in": "query",
    "description": "Only hooks with this target.",
    "schema": TARGET,
}
STATE: dict[str, Any] = {
    "name": "state",
    "in": "query",
    "description": "Only hooks in this state.",
    "schema": {"type": "string", "enum": list(STATES), "examples": ["failing"]},
}
WORDS: dict[str, Any] = {
    "name": "q",
    "in": "query",
    "description": "Only hooks whose description, target, trigger, platform or id holds this text.",
    "schema": {"type": "string", "examples": ["orders"]},
}


def endpoints(catalog: Catalog) -> list[Endpoint]:
    triggers = list(catalog.triggers.values())
    subscribing = [_subscribe(triggers), *map(_subscribe_to, triggers)]
    return section("REST hooks", *subscribing, *_many(), *_one(triggers), *DELIVERIES)


def _subscribe(triggers: Iterable[Trigger]) -> Endpoint:
    events = {"anyOf": [ref(f"{name(each.key)}Event") for each in triggers]}
    return Endpoint(
        "POST /v1/hooks",
        "create_hook",
        "Subscribe to a trigger.",
        SUBSCRIBED,
        description=FLAT,
        body={"oneOf": [_subscription(each) for each in triggers]},
        body_example={"target_url": "https://hooks.example.com/1", "trigger": "inbound-sms"},
        problems=(404, 409),
        callbacks=_callback(events),
    )


def _subscribe_to(trigger: Trigger) -> Endpoint:
    body = schema.of_inputs(HookInput, only=("target_url", "platform", "description"))
    body["properties"] |= schema.properties(trigger.inputs)
    return Endpoint(
        f"POST /v1/triggers/{dashed(trigger.key)}/hooks",
        f"create_hook_{trigger.key}",
        f"Subscribe to {trigger.label}.",
        SUBSCRIBED,
        description=SAME,
        body=body,
        body_example={"target_url": "https://hooks.example.com/1"},
        problems=(404, 409),
        callbacks=_callback(ref(f"{name(trigger.key)}Event")),
    )


def _callback(event: dict[str, Any]) -> dict[str, Any]:
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


def _many() -> list[Endpoint]:
    return [
        Endpoint(
            "GET /v1/hooks",
            "list_hooks",
            "List the hooks, without their secrets.",
            [page("Hook")],
            description="Where none is left since the store was emptied, `message` says so.",
            parameters=[
                BY_TARGET,
                STATE,
                WORDS,
                *PAGING,
            ],
            problems=(422,),
        ),
        Endpoint(
            "DELETE /v1/hooks",
            "delete_hooks_by_target",
            "Unsubscribe every hook with a target, or those of a trigger.",
            [GONE],
            parameters=schema.parameters(Unsubscribed),
            problems=(422,),
        ),
    ]


def _one(triggers: Iterable[Trigger]) -> list[Endpoint]:
    return [
        Endpoint(f"GET {HOOK}", "get_hook", "Show a hook with its signing secret.", [one("Hook")]),
        Endpoint(
            f"DELETE {HOOK}",
            "delete_hook",
            "Unsubscribe; no error where the hook is gone already.",
            [GONE],
        ),
        Endpoint(
            f"PATCH {HOOK}",
            "update_hook",
            "Change a hook, pause it or wake it.",
            [one("Hook")],
            body=_change(triggers),
            body_required=False,
            body_example={"status": "active"},
            problems=(409,),
        ),
        Endpoint(
            f"POST {HOOK}/rotate-secret",
            "rotate_hook_secret",
            "Make a new signing secret; for a while the old one signs beside it.",
            [one("Hook", "The hook with its new secret.")],
            body=schema.of_inputs(RotateInput),
            body_required=False,
            body_example={"overlap_hours": 24},
            problems=(409,),
        ),
    ]
