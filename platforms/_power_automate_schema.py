"""Our fields and answers in OpenAPI 2.0, with the marks by which Power Automate shows them."""

from collections.abc import Mapping
from typing import Any

from integration.kernel import outputs
from integration.kernel.fields import Inputs, described
from integration.kernel.specs import Action, Search, Trigger

Schema = dict[str, Any]
KINDS: Mapping[str, Schema] = {
    "datetime": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer", "format": "int32"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "list": {"type": "array", "items": {"type": "object"}},
}
TEXT: Schema = {"type": "string"}
CONNECTION = "connection"
"""The parameter that narrows a dropdown."""
RARE = ("connections",)
"""Dropdowns of rarely used fields; the form shows them as advanced ones."""


def pascal(key: str) -> str:
    return "".join(part.capitalize() for part in key.split("_"))


def properties(inputs: type[Inputs]) -> Schema:
    """The fields as properties of a body."""
    return {
        each["key"]: _shape(each, "body/") | {"title": each["label"]} for each in described(inputs)
    }


def required(inputs: type[Inputs]) -> list[str]:
    return [each["key"] for each in described(inputs) if each["required"]]


def parameters(inputs: type[Inputs]) -> list[Schema]:
    """The fields as parameters of a query."""
    return [
        {"name": each["key"], "in": "query", "required": each["required"], **_shape(each, "")}
        for each in described(inputs)
    ]


def _shape(field: Mapping[str, Any], place: str) -> Schema:
    shape = {**KINDS.get(field["type"], TEXT)}
    shape |= {"x-ms-summary": field["label"], "description": field["help"]}
    if "choices" in field:
        shape["enum"] = [each["id"] for each in field["choices"]]
    if "options" in field:
        shape |= choices(field["options"], field.get("follows"), place)
    if field["required"]:
        shape["x-ms-visibility"] = "important"
    elif field.get("options") in RARE:
        shape["x-ms-visibility"] = "advanced"
    return shape


def choices(options: str, follows: str | None, place: str) -> Schema:
    """The operation that returns a dropdown's rows, and the field that it `follows`.

    The designer of today reads the second form, which can name a field of the body.
    """
    old = {"operationId": options_id(options), "value-path": "id", "value-title": "label"}
    new = {"operationId": options_id(options), "itemValuePath": "id", "itemTitlePath": "label"}
    if not follows:
        return {"x-ms-dynamic-values": old}
    before, now = {"parameter": follows}, {"parameterReference": place + follows}
    return {
        "x-ms-dynamic-values": {**old, "parameters": {CONNECTION: before}},
        "x-ms-dynamic-list": {**new, "parameters": {CONNECTION: now}},
    }


def chosen() -> Schema:
    """The parameter that narrows a dropdown to the connection of the form."""
    words = {"x-ms-summary": "Connection", "description": "Only the rows of this connection."}
    return {"name": CONNECTION, "in": "query", "required": False, **TEXT, **words}


def options_id(key: str) -> str:
    return f"{pascal(key)}Options"


def answer(spec: Trigger | Action | Search) -> Schema:
    """The object of a trigger's event, an action's job or a search's row."""
    found = {each.key: _output(each) for each in outputs.of_spec(spec)}
    return {"type": "object", "properties": found}


def _output(found: outputs.Output) -> Schema:
    words = {"title": found.label, "x-ms-summary": found.label, "description": f"{found.label}."}
    return {**KINDS.get(found.kind, TEXT), **_within(found), **words}


def _within(found: outputs.Output) -> Schema:
    """The members of an object or of a list's rows, which a flow uses by name."""
    inside = {"type": "object", "properties": {each.key: _output(each) for each in found.members}}
    if found.kind == "list" and found.sample:
        return {"type": "array", "items": inside if found.members else {**TEXT}}
    return inside if found.kind == "object" else {}
