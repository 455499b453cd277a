"""The modules of a Make app: one or two for a trigger, one for an action or a search."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.kernel import outputs
from integration.kernel.call_options import Handling, Paging
from integration.kernel.catalog import dashed
from integration.kernel.fields import Number
from integration.kernel.specs import Action, Search, Trigger
from platforms._make_component import Component
from platforms._make_fields import given, interface, parameters, sampled
from platforms._make_words import do, identifier, shown, watch

Json = dict[str, Any]
CONNECTION = "apiKey"
START_CHOICES = 300
WAIT_SECONDS = 20
"""Seconds that a step waits for its outcome; Make allows a call more (`timeout` in Base)."""
TELLING = ("device_name", "phone", "message", "label", "status", "balance")
"""Outputs by which people recognise an event, in the order of display."""
CRUD: Mapping[str, str] = {
    "Add": "create",
    "Create": "create",
    "Send": "create",
    "Get": "read",
    "Change": "update",
    "Update": "update",
    "Cancel": "delete",
    "Delete": "delete",
    "Remove": "delete",
}


def triggers(trigger: Trigger) -> Iterator[Component]:
    """The instant module; where events have a time, also the module that polls by schedule.

    Make orders polled events by number or by time, and our ids are no numbers.
    """
    yield _instant(trigger)
    times = [each.key for each in outputs.of_spec(trigger) if each.kind == "datetime"]
    if times:
        yield _polling(trigger, times[0])


def webhook_id(trigger: Trigger) -> str:
    return identifier(trigger.key, "hook", longest=35)


def _instant(trigger: Trigger) -> Component:
    return _module(
        "instant_trigger",
        identifier("watch", trigger.key),
        trigger,
        label=watch(trigger),
        communication={},
        webhook=webhook_id(trigger),
    )


def _polling(trigger: Trigger, time: str) -> Component:
    fields = given(trigger.inputs) | ({} if trigger.single else {"limit": _most()})
    return _module(
        "trigger",
        identifier("watch", trigger.key, "by", "schedule"),
        trigger,
        label=f"{watch(trigger)} by schedule",
        communication=_poll(f"/v1/triggers/{dashed(trigger.key)}", fields, trigger.single, time),
        epoch=_epoch(trigger, time),
        static=[*parameters(trigger.inputs, mapped=False), _limit(_most())],
        connection=CONNECTION,
    )


def _poll(url: str, fields: Json, single: bool, time: str) -> Json:
    # Unordered: events come in their order of arrival, which their own times may not follow.
    marks = {
        "type": "date",
        "order": "unordered",
        "id": "{{item.id}}",
        "date": f"{{{{item.{time}}}}}",
    }
    # The address answers an object, possibly an empty one; Make iterates over an array.
    one = {"container": "{{add(emptyarray, body)}}", "condition": "{{if(item.id, true, false)}}"}
    response = _each(one if single else "{{body}}") | {"trigger": marks}
    return {"url": url, "method": "GET", "qs": fields, "response": response}


def _each(container: Any) -> Json:
    return {"iterate": container, "output": "{{item}}", "limit": "{{parameters.limit}}"}


def _most() -> int:
    """Returns how many events one poll can return."""
    limit = Paging().fields["limit"]
    assert isinstance(limit, Number)
    return limit.most


def _limit(usual: int) -> Json:
    return {
        "name": "limit",
        "type": "uinteger",
        "label": "Limit",
        "help": "The maximum number of results that one run of the scenario works with.",
        "required": True,
        "default": usual,
    }


def _epoch(trigger: Trigger, time: str) -> Json:
    """The list under "Choose where to start"; its request is that of the poll."""
    shown_keys = [key for key in TELLING if key in trigger.sample][:2] or ["id"]
    label = ": ".join(f"{{{{substring(ifempty(item.{key}, ''), 0, 60)}}}}" for key in shown_keys)
    shows = {"label": label, "date": f"{{{{item.{time}}}}}"}
    return {"response": {"limit": START_CHOICES, "output": shows}}


def action(spec: Action) -> Component:
    body = given(spec.inputs) | {"idempotency_key": "{{parameters.idempotency_key}}"}
    return _module(
        "action",
        identifier(spec.key),
        spec,
        label=do(spec),
        communication={
            "url": f"/v1/actions/{dashed(spec.key)}",
            "method": "POST",
            "qs": {"wait": WAIT_SECONDS},
            "body": body,
            "response": {"output": "{{body}}"},
        },
        mappable=[*parameters(spec.inputs, mapped=True), *_handling()],
        connection=CONNECTION,
        actionCrud=CRUD.get(spec.label.split(" ")[0]),
    )


def _handling() -> list[Json]:
    """Offers the user a key: Make gives a run no id that a second try of it repeats."""
    offered = parameters(Handling, mapped=True)
    return [each | {"advanced": True} for each in offered if each["name"] == "idempotency_key"]


def search(spec: Search) -> Component:
    return _module(
        "search",
        identifier(spec.key),
        spec,
        label=do(spec),
        communication={
            "url": f"/v1/searches/{dashed(spec.key)}",
            "method": "GET",
            "qs": given(spec.inputs),
            "response": _each("{{body}}"),
        },
        mappable=[*parameters(spec.inputs, mapped=True), _limit(10)],
        connection=CONNECTION,
    )


def _module(
    kind: str,
    name: str,
    spec: Trigger | Action | Search,
    *,
    label: str,
    communication: Json,
    epoch: Json | None = None,
    static: Sequence[Json] = (),
    mappable: Sequence[Json] = (),
    **facts: Any,
) -> Component:
    sample = outputs.job_sample(spec) if isinstance(spec, Action) else spec.sample
    codes: Json = {"communication": communication}
    codes |= {} if epoch is None else {"epoch": epoch}
    codes |= {"staticParams": list(static), "mappableParams": list(mappable)}
    codes |= {
        "interface": interface(outputs.of_spec(spec), spec.inputs),
        "samples": sampled(sample),
    }
    words = {"label": shown(label), "description": shown(spec.description)}
    return Component(
        kind="module", id=name, facts={**words, "moduleType": kind, **facts}, codes=codes
    )
