"""Our input fields as parameters of an n8n node."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from integration.kernel.fields import Inputs, described
from integration.kernel.specs import Action, Search, Trigger

Parameter = dict[str, Any]
Spec = TypeVar("Spec", Action, Search, Trigger, Action | Search)
Shown = Mapping[str, Sequence[str]]
"""The values of other parameters that make one appear."""

IMPORTS = (
    "import type { INodeProperties } from 'n8n-workflow';",
    "import type { Form } from './form';",
)
PICK = (
    "Choose from the list, or specify an ID using an"
    ' <a href="https://docs.n8n.io/code/expressions/">expression</a>.'
)
COLLECTIONS = ("additionalFields", "filters")
"""The collections of optional fields, of which a node has one."""
CAPITALS = re.compile(r"\b(id|url|json)(s?)\b", re.IGNORECASE)
KINDS: Mapping[str, Mapping[str, Any]] = {
    "long_text": {"typeOptions": {"rows": 4}},
    "secret": {"typeOptions": {"password": True}},
    "datetime": {"type": "dateTime"},
    "integer": {"type": "number"},
    "boolean": {"type": "boolean", "default": False},
}


def required(inputs: type[Inputs], shown: Shown) -> list[Parameter]:
    """The required fields, each as a parameter of its own."""
    return [
        _parameter(field, required=True, displayOptions={"show": dict(shown)})
        for field in described(inputs)
        if field["required"]
    ]


def optional(inputs: type[Inputs]) -> list[Parameter]:
    return [_parameter(field) for field in described(inputs) if not field["required"]]


def collection(name: str, label: str, fields: Sequence[Parameter], shown: Shown) -> Parameter:
    """Optional fields, of which a user adds some; n8n's rules demand the order of names."""
    return {
        "displayName": label,
        "name": name,
        "type": "collection",
        "placeholder": f"Add {label.rsplit(maxsplit=1)[-1].removesuffix('s')}",
        "default": {},
        "displayOptions": {"show": dict(shown)},
        "options": sorted(fields, key=lambda field: str(field["displayName"]).lower()),
    }


def form(inputs: type[Inputs]) -> dict[str, list[str]]:
    """The facts that the node needs to gather the fields."""
    given = described(inputs)
    return {
        "required": [field["key"] for field in given if field["required"]],
        "times": [field["key"] for field in given if field["type"] == "datetime"],
    }


def richest(specs: Iterable[Spec]) -> Spec:
    """Returns the operation with the most fields; it is the one used most, so n8n preselects it."""
    return max(specs, key=lambda spec: len(spec.inputs().fields))


def _parameter(field: Mapping[str, Any], **more: Any) -> Parameter:
    made: Parameter = {
        "displayName": field["label"],
        "name": field["key"],
        "type": "string",
        "default": "",
    }
    made |= {**KINDS.get(field["type"], {}), **more, "description": help(field)}
    if "options" in field or "choices" in field:
        return made | _choice(field)
    if made["type"] == "number":
        return made | {"default": int(field["sample"])}
    if made["type"] == "string" and "secret" not in field["type"]:
        made["placeholder"] = f"e.g. {field['sample']}"
    return made


def _choice(field: Mapping[str, Any]) -> Parameter:
    if "options" in field:
        method: Parameter = {"loadOptionsMethod": method_name(field["options"])}
        if "follows" in field:
            method["loadOptionsDependsOn"] = [f"{each}.{field['follows']}" for each in COLLECTIONS]
        label = f"{field['label']} Name or ID"
        return {"type": "options", "typeOptions": method, "displayName": label}
    rows = in_order({"name": each["label"], "value": each["id"]} for each in field["choices"])
    return {"type": "options", "default": rows[0]["value"], "options": rows}


def in_order(rows: Iterable[Parameter]) -> list[Parameter]:
    """n8n's rules demand choices in order of name."""
    return sorted(rows, key=lambda row: str(row["name"]).lower())


def help(field: Mapping[str, Any]) -> str:
    text = str(field["help"])
    if field["type"] == "boolean" and not text.startswith("Whether"):
        text = f"Whether this is so: {text}"
    return sentence(f"{text} {PICK}" if "options" in field else text)


def sentence(text: str) -> str:
    """Returns n8n's spelling: ID and URL in capitals, a single sentence without its full stop."""
    spelt = CAPITALS.sub(lambda word: word[1].upper() + word[2], text)
    return spelt if ". " in spelt else spelt.removesuffix(".")


def method_name(options: str) -> str:
    """Returns the method that loads a dropdown: `getSimSlots` for `sim-slots`."""
    return "get" + "".join(part.capitalize() for part in options.replace("-", "_").split("_"))
