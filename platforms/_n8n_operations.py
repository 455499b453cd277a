"""Actions and searches as the resources and operations of n8n's Hookline node."""

from collections.abc import Iterator, Sequence
from typing import Any

from integration.kernel.call_options import Handling
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.specs import Action, Search
from platforms import _n8n_fields as fields
from platforms._n8n_fields import Parameter, Shown, in_order, sentence
from platforms._n8n_typescript import constant, module
from platforms._shared_words import sentence as sentence_case

Spec = Action | Search

INTERFACE = """\
export interface Operation extends Form {
	method: 'GET' | 'POST';
	path: string;
}
"""
MESSAGES = {"SMS", "MMS"}
"""Nouns that are kinds of one resource; n8n's rules also take MMS for a plural."""


def source(catalog: Catalog) -> str:
    specs = every(catalog)
    calls = {dashed(spec.key): _call(spec) for spec in specs}
    return module(
        INTERFACE,
        constant("OPERATIONS", "Record<string, Operation>", calls),
        constant("WAIT_SECONDS", "number", _wait()["default"]),
        constant("properties", "INodeProperties[]", _properties(specs)),
        imports=fields.IMPORTS,
    )


def every(catalog: Catalog) -> list[Spec]:
    return [*catalog.actions.values(), *catalog.searches.values()]


def resource(spec: Spec) -> str:
    return _noun(spec).lower().replace(" ", "-")


def _noun(spec: Spec) -> str:
    return "Message" if spec.noun in MESSAGES else spec.noun


def _call(spec: Spec) -> dict[str, Any]:
    acts = isinstance(spec, Action)
    path = f"/v1/{'actions' if acts else 'searches'}/{dashed(spec.key)}"
    return {"method": "POST" if acts else "GET", "path": path, **fields.form(spec.inputs)}


def _properties(specs: Sequence[Spec]) -> list[Parameter]:
    nouns = {resource(spec): _noun(spec) for spec in specs}
    rows = in_order({"name": noun, "value": value} for value, noun in nouns.items())
    return [
        _selector("Resource", rows, resource(fields.richest(specs))),
        *(_operations(value, specs) for value in nouns),
        *(parameter for spec in specs for parameter in _inputs(spec)),
    ]


def _selector(label: str, rows: Sequence[Parameter], chosen: str, **more: Any) -> Parameter:
    return {
        "displayName": label,
        "name": label.lower(),
        "type": "options",
        "noDataExpression": True,
        **more,
        "options": rows,
        "default": chosen,
    }


def _operations(value: str, specs: Sequence[Spec]) -> Parameter:
    here = [spec for spec in specs if resource(spec) == value]
    shown = {"show": {"resource": [value]}}
    rows = in_order(map(_option, here))
    return _selector("Operation", rows, dashed(fields.richest(here).key), displayOptions=shown)


def _option(spec: Spec) -> Parameter:
    return {
        "name": spec.label,
        "value": dashed(spec.key),
        # n8n's lint knows no dash within a word.
        "action": sentence_case(spec.label).replace("-", " "),
        "description": sentence(spec.description),
    }


def _inputs(spec: Spec) -> Iterator[Parameter]:
    shown: Shown = {"resource": [resource(spec)], "operation": [dashed(spec.key)]}
    yield from fields.required(spec.inputs, shown)
    more = [*fields.optional(spec.inputs), *([_wait()] if isinstance(spec, Action) else [])]
    if more:
        yield fields.collection("additionalFields", "Additional Fields", more, shown)


def _wait() -> Parameter:
    """The field `wait`. n8n sets no limit of its own; most proxies hang up at 30 seconds."""
    [found] = [each for each in fields.optional(Handling) if each["name"] == "wait"]
    return found | {
        "description": "How many seconds to wait for the provider's answer, at most 25, so that its"
        " refusal shows here. With 0 the item goes on as soon as Hookline has taken it.",
    }
