"""The operations of the catalog: one for each trigger, action, search and dropdown."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from integration.kernel import outputs
from integration.kernel.call_options import Handling, OptionsQuery, Paging
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Action, Options, Search, Trigger
from integration.schema import json_schema as schema
from integration.schema.components import IDEMPOTENCY_KEY
from integration.schema.endpoint import Endpoint, Json, Reply, array, ref

LIVE = {
    "name": "live",
    "in": "query",
    "description": "0 leaves the provider alone where there are no events yet.",
    "schema": {"type": "string", "enum": ["0", "1"], "default": "1"},
}


def name(key: str) -> str:
    """Returns a key as a part of a schema's name."""
    return "".join(part.capitalize() for part in key.split("_"))


def endpoints(catalog: Catalog, cursor: Json) -> Iterator[Endpoint]:
    """Returns the catalog's endpoints; `cursor` is the schema of a poll's cursor."""
    paging = schema.parameters(Paging, cursor=dict(cursor))
    for trigger in catalog.triggers.values():
        yield from _trigger(trigger, paging)
    for action in catalog.actions.values():
        yield _action(action)
    for search in catalog.searches.values():
        yield _search(search)
    for each in catalog.options.values():
        yield _options(each)


def schemas(catalog: Catalog) -> dict[str, Any]:
    """The schemas of the catalog's requests and answers, by component name."""
    found: dict[str, Any] = {}
    for trigger in catalog.triggers.values():
        found[f"{name(trigger.key)}Event"] = schema.of_sample(trigger.sample)
        found[f"{name(trigger.key)}Filters"] = schema.of_inputs(trigger.inputs)
    for search in catalog.searches.values():
        found[f"{name(search.key)}Result"] = schema.of_sample(search.sample)
    return found


def _trigger(spec: Trigger, paging: Sequence[Json]) -> Iterator[Endpoint]:
    path, event = f"/v1/triggers/{dashed(spec.key)}", ref(f"{name(spec.key)}Event")
    filters = schema.parameters(spec.inputs)
    sample = dict(spec.sample)
    yield Endpoint(
        f"GET {path}",
        f"poll_{spec.key}",
        f"Poll {spec.label}.",
        [_polled(spec, event)],
        tag="Triggers",
        description=f"{spec.description} {_HOW[spec.single]}",
        parameters=filters if spec.single else [*filters, *paging],
        problems=(404, 422, 502),
    )
    yield Endpoint(
        f"GET {path}/sample",
        f"sample_{spec.key}",
        f"Show samples of {spec.label}.",
        [_ok("Up to three newest events, or a made-up one.", array(event), [sample])],
        tag="Triggers",
        parameters=[LIVE],
        problems=(502,),
    )


_HOW = {
    True: "Answers the newest object, or `{}` before the first one.",
    False: (
        "Without a cursor the newest come first; with `cursor`, or with `consumer` where we keep"
        " the cursor, what has not been read comes, the oldest first."
    ),
}


def _polled(spec: Trigger, event: dict[str, str]) -> Reply:
    if spec.single:
        none = {"type": "object", "maxProperties": 0}
        return _ok("The newest event.", {"anyOf": [event, none]}, dict(spec.sample))
    found = _ok("Events.", array(event), [dict(spec.sample)])
    return replace(found, headers=("X-Next-Cursor", "X-Batch-Id"))


def _action(spec: Action) -> Endpoint:
    body = schema.of_inputs(spec.inputs)
    body["properties"] |= schema.properties(Handling)
    fields = spec.inputs().fields
    asked = {each: field.metadata["sample"] for each, field in fields.items() if field.required}
    job = outputs.job_sample(spec)
    shape = {"anyOf": [ref("Job"), ref("Batch")]} if spec.split else ref("Job")
    return Endpoint(
        f"POST /v1/actions/{dashed(spec.key)}",
        spec.key,
        f"{spec.label}.",
        [
            _done(200, "With `wait`: the outcome.", shape, job),
            _done(202, "Accepted, and kept whatever fails now.", shape, _waiting(job)),
        ],
        tag="Actions",
        description=f"{spec.description} {_ACCEPTED}",
        parameters=[*schema.parameters(Handling, only=("wait",)), IDEMPOTENCY_KEY],
        body=body,
        body_example=asked,
        problems=(404, 409, 502),
    )


_ACCEPTED = (
    "An accepted call is one job, or one for each recipient; with `wait` the answer is its outcome."
)


def _waiting(job: dict[str, Any]) -> dict[str, Any]:
    more = {"status": "queued", "message": "Queued.", "attempts": [], "result": {}}
    return job | more | {"provider_id": None, "updated_at": job["created_at"]}


def _done(status: int, said: str, shape: dict[str, Any], job: dict[str, Any]) -> Reply:
    return replace(_ok(said, shape, job), status=status, headers=("Idempotency-Replayed",))


def _search(spec: Search) -> Endpoint:
    found = _ok("Matches.", array(ref(f"{name(spec.key)}Result")), [dict(spec.sample)])
    return Endpoint(
        f"GET /v1/searches/{dashed(spec.key)}",
        spec.key,
        f"{spec.label}.",
        [replace(found, headers=("X-Unanswered",))],
        tag="Searches",
        description=f"{spec.description} The best match comes first; nothing found is an empty"
        " array.",
        parameters=schema.parameters(spec.inputs),
        problems=(404, 422, 502),
    )


def _options(spec: Options) -> Endpoint:
    rows = [dict(row) for row in spec.sample]
    return Endpoint(
        f"GET /v1/options/{dashed(spec.key)}",
        f"options_{spec.key}",
        f"List {spec.label}.",
        [_ok("Up to 100 rows of a page; without `page`, up to 1,000.", array(ref("Option")), rows)],
        tag="Dropdowns",
        description=spec.description,
        parameters=schema.parameters(OptionsQuery),
        problems=(404, 422, 502),
    )


def _ok(said: str, shape: dict[str, Any], example: Any) -> Reply:
    return Reply(description=said, schema=shape, example=example)
