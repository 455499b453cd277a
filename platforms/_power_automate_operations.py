"""The connector's operations: triggers that subscribe, actions, searches and dropdowns."""

from collections.abc import Iterator
from typing import Any

from integration.kernel.call_options import Handling, Paging
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Action, Options, Search, Trigger
from platforms import _power_automate_schema as schema
from platforms._power_automate_schema import Schema, pascal
from platforms._shared_words import sentence

Found = Iterator[tuple[str, Schema]]
"""Operations by path; each path occurs once."""
WAIT = 25
"""Seconds; a step of a flow may take 120."""
INTERNAL = {"x-ms-visibility": "internal"}
ROWS = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "label": {"type": "string"}},
}
RUN = "workflow()['run']['name']"


def paths(catalog: Catalog) -> Found:
    for trigger in catalog.triggers.values():
        yield f"/v1/triggers/{dashed(trigger.key)}/hooks", _subscription(trigger)
        yield f"/v1/triggers/{dashed(trigger.key)}", {"get": _poll(trigger)}
    yield "/v1/hooks/{hook_id}", {"delete": _unsubscribe()}
    for action in catalog.actions.values():
        yield f"/v1/actions/{dashed(action.key)}", {"post": _action(action)}
    for search in catalog.searches.values():
        yield f"/v1/searches/{dashed(search.key)}", {"get": _search(search)}
    for options in catalog.options.values():
        yield f"/v1/options/{dashed(options.key)}", {"get": _options(options)}
    yield "/v1/me", {"get": _check()}


def definitions(catalog: Catalog) -> Schema:
    """The objects of the answers, by name."""
    specs: list[Trigger | Action | Search]
    specs = [*catalog.triggers.values(), *catalog.actions.values(), *catalog.searches.values()]
    text = {"type": "string"}
    return {
        **{_name(each): schema.answer(each) for each in specs},
        "Hook": {"type": "object", "properties": {"id": text, "status": text}},
        "Problem": {"type": "object", "properties": {"message": text, "title": text}},
    }


def _name(spec: Trigger | Action | Search) -> str:
    ending = {Trigger: "Event", Action: "Job", Search: "Match"}[type(spec)]
    return pascal(spec.key) + ending


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _operation(operation_id: str, summary: str, description: str, **more: Any) -> Schema:
    return {
        "operationId": operation_id,
        "summary": summary,
        "description": description,
        **more,
    }


def _replies(said: str, shape: Schema, *statuses: str) -> Schema:
    wrong = {"description": "What went wrong.", "schema": _ref("Problem")}
    good = {status: {"description": said, "schema": shape} for status in statuses or ("200",)}
    return {**good, "default": wrong}


def _body(fields: Schema, required: list[str]) -> list[Schema]:
    shape: Schema = {"type": "object", "properties": fields}
    shape |= {"required": required} if required else {}
    return [{"name": "body", "in": "body", "required": True, "schema": shape}]


def _subscription(spec: Trigger) -> Schema:
    what = spec.description.removeprefix("Triggers when ").removesuffix(".")
    own: Schema = {
        "target_url": {
            "type": "string",
            "title": "",
            "description": "Where the flow is called.",
            "x-ms-notification-url": True,
            **INTERNAL,
        },
        "platform": _fixed("Who subscribes.", "power-automate"),
    }
    post = _operation(
        f"When{pascal(spec.key)}",
        f"When {what}",
        spec.description,
        parameters=_body({**own, **schema.properties(spec.inputs)}, ["target_url", "platform"]),
        responses=_replies("Subscribed.", _ref("Hook"), "201", "200"),
    )
    post |= {"x-ms-trigger": "single", "x-ms-visibility": "important"}
    post["x-ms-trigger-hint"] = f"To see it work now, let this happen: {what}."
    content = {"description": spec.description, "schema": _ref(_name(spec))}
    return {"x-ms-notification-content": content, "post": post}


def _fixed(said: str, value: str | int) -> Schema:
    """A value that a flow sends and its maker does not see."""
    kind = "integer" if isinstance(value, int) else "string"
    return {"type": kind, "title": "", "description": said, "default": value, **INTERNAL}


def _poll(spec: Trigger) -> Schema:
    """An action, not a polling trigger.

    A polling trigger keeps its place in the events themselves; our cursor comes in a header.
    """
    event = _ref(_name(spec))
    if spec.single:
        return _operation(
            f"Get{pascal(spec.key)}",
            f"Get the newest: {sentence(spec.label)}",
            "Gets the newest event, or an empty object before the first one.",
            parameters=schema.parameters(spec.inputs),
            responses=_replies("The event.", event),
        )
    reading = {each["name"]: each for each in schema.parameters(Paging)}
    consumer = reading["consumer"] | {"required": True, "description": CONSUMER}
    return _operation(
        f"List{pascal(spec.key)}Events",
        f"List what is new: {sentence(spec.label)}",
        "Lists the events this flow has not had yet, oldest first, for flows that run on a"
        " schedule.",
        parameters=[consumer, reading["limit"], *schema.parameters(spec.inputs)],
        responses=_replies("Events.", {"type": "array", "items": event}),
    )


CONSUMER = "A name of your choice for this flow; what it has had under that name is not repeated."


def _unsubscribe() -> Schema:
    hook_id = {"name": "hook_id", "in": "path", "required": True, "type": "string"}
    words = {"x-ms-summary": "Hook ID", "description": "The subscription."}
    return _operation(
        "DeleteHook",
        "Unsubscribe",
        "Ends a subscription when a flow is turned off.",
        parameters=[hook_id | words],
        responses=_replies("Unsubscribed.", {"type": "object"}),
        **INTERNAL,
    )


def _action(spec: Action) -> Schema:
    key = schema.properties(Handling)["idempotency_key"]
    said = f"Stops a run that is repeated from doing it twice; give {RUN} and the step's name."
    more = {
        "wait": _fixed("How long the step waits for its outcome.", WAIT),
        "idempotency_key": key | {"x-ms-visibility": "advanced", "description": said},
    }
    return _operation(
        pascal(spec.key),
        sentence(spec.label),
        spec.description,
        parameters=_body(
            {**schema.properties(spec.inputs), **more}, [*schema.required(spec.inputs), "wait"]
        ),
        responses=_replies("The job.", _ref(_name(spec)), "200", "202"),
    )


def _search(spec: Search) -> Schema:
    return _operation(
        pascal(spec.key),
        sentence(spec.label),
        spec.description,
        parameters=schema.parameters(spec.inputs),
        responses=_replies("Matches.", {"type": "array", "items": _ref(_name(spec))}),
    )


def _options(spec: Options) -> Schema:
    return _operation(
        schema.options_id(spec.key),
        f"Choices: {sentence(spec.label)}",
        spec.description,
        parameters=[schema.chosen()] if spec.needs else [],
        responses=_replies("Choices.", {"type": "array", "items": ROWS}),
        **INTERNAL,
    )


def _check() -> Schema:
    text = {"type": "string"}
    shape = {"type": "object", "properties": {"workspace": text, "label": text}}
    return _operation(
        "CheckConnection",
        "Check the connection",
        "Tells whose workspace the API key opens.",
        parameters=[],
        responses=_replies("The workspace.", shape),
        **{"x-ms-visibility": "advanced"},
    )
