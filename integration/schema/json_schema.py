"""Input fields and samples as JSON Schema, the dialect of OpenAPI 3.1.

A schema states the form that a client should send. The service also reads numbers as text, `""` as
not given and a field's aliases. The schema leaves these out, so that generated clients do not use
them.
"""

from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import validate

from integration.kernel import as_is
from integration.kernel.as_is import Recipients
from integration.kernel.connection_list import MOST as MOST_CONNECTIONS
from integration.kernel.connection_list import ConnectionList
from integration.kernel.fields import (
    MOST_RECIPIENTS,
    Choice,
    Flag,
    Inputs,
    Moment,
    Number,
    PhoneList,
    Secret,
    Text,
    Url,
)

Schema = dict[str, Any]
LONGEST_URL = 2000
E164 = r"^\+[1-9][0-9]{6,14}$"
AS_IS = rf"{E164}|{as_is.SHAPE}"
"""A short code or a name as well, where `as_is` says that it is one."""
SOMETHING = r"\S"
"""White space alone means "not given", so a required field refuses it."""


def properties(inputs: type[Inputs], **instead: Schema) -> dict[str, Schema]:
    """Returns each field's schema by name; `instead` holds those that the caller refines."""
    return {
        name: of_field(field) | instead.get(name, {}) for name, field in inputs().fields.items()
    }


def of_inputs(
    inputs: type[Inputs],
    *,
    only: Collection[str] = (),
    required: Collection[str] = (),
    **instead: Schema,
) -> Schema:
    """The object that `inputs` reads, or its part that `only` names."""
    fields = inputs().fields
    shown = properties(inputs, **instead)
    needed = set(required) or {name for name, field in fields.items() if field.required}
    names = [name for name in shown if not only or name in only]
    return shut({name: shown[name] for name in names}, [name for name in names if name in needed])


def shut(shown: Mapping[str, Schema], required: Collection[str] = ()) -> Schema:
    """An object of these properties and no others."""
    schema: Schema = {
        "type": "object",
        "properties": dict(shown),
        "additionalProperties": False,
    }
    return schema | ({"required": list(required)} if required else {})


def parameters(
    inputs: type[Inputs], *, only: Collection[str] = (), **instead: Schema
) -> list[Schema]:
    """The fields of `inputs` as parameters of a query."""
    fields = inputs().fields
    shown = properties(inputs, **instead)
    return [
        {
            "name": name,
            "in": "query",
            "description": shown[name].pop("description"),
            **({"required": True} if fields[name].required else {}),
            "schema": shown[name],
        }
        for name in shown
        if not only or name in only
    ]


def of_field(field: Any) -> Schema:
    """One field as JSON Schema, with its label, help and sample."""
    assert isinstance(field, Text), "input fields are those of integration/kernel/fields.py"
    facts = field.metadata
    schema: Schema = {"title": facts["label"], "description": _help(field), **_shape(field)}
    longest = _longest(field)
    if longest and schema.get("type") == "string":
        schema["maxLength"] = longest
    if field.required and schema.get("type") == "string" and "pattern" not in schema:
        schema |= {"pattern": SOMETHING, "minLength": 1}
    if "examples" not in schema and schema.get("type") == "string":
        schema["examples"] = [facts["sample"]]
    if isinstance(field.load_default, str | int) and not isinstance(field.load_default, bool):
        schema["default"] = field.load_default
    return schema


def _help(field: Text) -> str:
    names = ", ".join(field.metadata["aliases"])
    return str(field.metadata["help"]) + (f" Also read under the names {names}." if names else "")


def _shape(field: Text) -> Schema:
    """Returns the form of a value; the most specific field class decides."""
    if isinstance(field, PhoneList):
        pattern = AS_IS if isinstance(field, Recipients) else E164
        number: Schema = {"type": "string", "format": "phone", "pattern": pattern}
        many = {"type": "array", "items": number, "minItems": 1, "maxItems": MOST_RECIPIENTS}
        return {"anyOf": [number, many], "examples": [field.metadata["sample"]]}
    if isinstance(field, ConnectionList):
        words: Schema = {"type": "array", "items": {"type": "string"}, "maxItems": MOST_CONNECTIONS}
        return {"anyOf": [{"type": "string"}, words], "examples": [field.metadata["sample"]]}
    if isinstance(field, Number):
        whole = {"type": "integer", "minimum": field.least, "maximum": field.most}
        return whole | {"examples": [int(field.metadata["sample"])]}
    if isinstance(field, Flag):
        return {"type": "boolean"}
    return {"type": "string", **_text(field)}


def _text(field: Text) -> Schema:
    if isinstance(field, Choice):
        return {"enum": list(field.choices)}
    if isinstance(field, Moment):
        return {"format": "date-time"}
    if isinstance(field, Url):
        return {"format": "uri", "pattern": "^https?://", "maxLength": LONGEST_URL}
    if isinstance(field, Secret):
        return {"format": "password", "writeOnly": True}
    return {}


def _longest(field: Text) -> int | None:
    limits = [rule.max for rule in field.validators if isinstance(rule, validate.Length)]
    return next((limit for limit in limits if limit is not None), None)


def of_sample(sample: Mapping[str, Any], *, sure: Collection[str] = ("id",)) -> Schema:
    """The schema of the object that a sample shows.

    All its keys are required; all but `sure` may be null. A provider may add other members.
    """
    return {
        "type": "object",
        "properties": {name: _seen(name, sample[name], name in sure) for name in sample},
        "required": list(sample),
        "examples": [dict(sample)],
    }


def _seen(name: str, value: Any, sure: bool) -> Schema:
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array"}
    kind = kinds.get(type(value), "object")
    schema: Schema = {"type": kind if sure else [kind, "null"]}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        members = {each: _seen(each, held, sure=False) for each, held in value[0].items()}
        schema |= {"items": {"type": "object", "properties": members}}
    return schema | ({"format": "date-time"} if name.endswith("_at") else {})
