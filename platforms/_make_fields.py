"""Input fields as Make's parameters and requests, outputs as its interfaces."""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.kernel import outputs
from integration.kernel.fields import Inputs, described
from platforms._make_words import identifier, shown
from platforms._shared_words import sentence

Parameter = dict[str, Any]
KINDS: Mapping[str, str] = {
    "text": "text",
    "long_text": "text",
    "phone": "text",
    "secret": "password",
    "url": "url",
    "choice": "select",
    "datetime": "date",
    "integer": "integer",
    "boolean": "boolean",
    "number": "number",
    "list": "array",
    "object": "collection",
}
SAYS_ITSELF = frozenset({"choice", "datetime", "boolean", "secret"})
"""Kinds whose sample would explain nothing."""
WITH_OFFSET = "YYYY-MM-DDTHH:mm:ssZ"


def parameters(inputs: type[Inputs], *, mapped: bool) -> list[Parameter]:
    """The fields as a form; only those of actions and searches can be `mapped`."""
    return [_parameter(field, mapped) for field in described(inputs)]


def _parameter(field: Mapping[str, Any], mapped: bool) -> Parameter:
    found: Parameter = {
        "name": field["key"],
        "type": KINDS[field["type"]],
        "label": shown(sentence(field["label"])),
        "help": shown(_help(field)),
        "required": field["required"],
    }
    if field["type"] == "long_text":
        found["multiline"] = True
    if "choices" in field:
        found["options"] = [{"label": c["label"], "value": c["id"]} for c in field["choices"]]
    if "options" in field:
        found |= {"type": "select", "options": f"rpc://{dropdown(field['options'])}"}
        found |= {"mappable": True} if mapped else {"editable": True}
    return found


def _help(field: Mapping[str, Any]) -> str:
    sample = str(field["sample"])
    explained = {"options", "choices"} & set(field) or field["type"] in SAYS_ITSELF
    if explained or sample in field["help"]:
        return str(field["help"])
    return f"{field['help']} For example: `{sample}`."


def dropdown(key: str) -> str:
    """The id of the remote procedure that fills a dropdown."""
    return identifier("list", key)


def given(inputs: type[Inputs]) -> dict[str, str]:
    """Returns the user's values by field, and none of Make's own members of a step."""
    return {field["key"]: _value(field) for field in described(inputs)}


def _value(field: Mapping[str, Any]) -> str:
    name = f"parameters.{field['key']}"
    if field["type"] == "datetime":
        return f"{{{{if({name}, formatDate({name}, '{WITH_OFFSET}'), '')}}}}"
    return f"{{{{{name}}}}}"


def interface(given_back: Sequence[outputs.Output], inputs: type[Inputs]) -> list[Parameter]:
    """Outputs; each takes the label of the input of the same name, where there is one."""
    named = {field["key"]: sentence(field["label"]) for field in described(inputs)}
    return [_output(each, named.get(each.key, "")) for each in given_back]


def _output(found: outputs.Output, named: str = "") -> Parameter:
    label = named or sentence(found.label)
    made: Parameter = {"name": found.key, "type": KINDS[found.kind], "label": shown(label)}
    return made | ({"spec": [_output(each) for each in found.members]} if found.members else {})


def sampled(value: Any) -> Any:
    """Returns a sample whose texts Make shows unchanged."""
    if isinstance(value, Mapping):
        return {key: sampled(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [sampled(each) for each in value]
    return shown(value) if isinstance(value, str) else value
