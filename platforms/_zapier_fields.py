"""The fields of forms and answers in the Zapier app."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from integration.kernel import outputs
from integration.kernel.fields import Inputs, described
from integration.kernel.outputs import Output
from integration.kernel.specs import Action, Search, Trigger

Json = dict[str, Any]
TYPES: Mapping[str, str] = {
    "long_text": "text",
    "datetime": "datetime",
    "integer": "integer",
    "boolean": "boolean",
}
"""Zapier's input type by our kind; every other kind is a string there."""
GIVEN: Mapping[str, str] = {
    "text": "string",
    "datetime": "datetime",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
ADDRESS = re.compile(r"https?://[^\s,;)]+[^\s,;).]")


def inputs(schema: type[Inputs], *more: Mapping[str, Any]) -> list[Json]:
    """The form: required fields first, then the author's order."""
    fields = sorted([*described(schema), *more], key=lambda field: not field["required"])
    leading = {field.get("follows") for field in fields}
    return [_input(field, leads=field["key"] in leading) for field in fields]


def dropdown(key: str) -> str:
    """The key of the hidden trigger that fills a dropdown."""
    return f"{key}_list"


def text(words: str) -> str:
    """Escapes Zapier's Markdown: a bare address would become a link."""
    return ADDRESS.sub(r"`\g<0>`", words)


def _input(field: Mapping[str, Any], *, leads: bool) -> Json:
    shown = {
        "key": field["key"],
        "label": field["label"],
        "type": TYPES.get(field["type"], "string"),
        "required": field["required"],
        "helpText": text(field["help"]),
    }
    if field["list"]:
        shown["list"] = True
    if leads:
        # Zapier then loads the dropdowns again that follow this one.
        shown["altersDynamicFields"] = True
    if "options" in field:
        return shown | {"dynamic": f"{dropdown(field['options'])}.id.label"}
    if "choices" in field:
        return shown | {"choices": {row["id"]: row["label"] for row in field["choices"]}}
    return shown | {"placeholder": field["sample"]}


def shown(spec: Trigger | Action | Search) -> list[Json]:
    """The fields of an answer.

    Zapier names a member of an object by both keys, and takes those of a list as children. It
    learns what the sample leaves open from live data.
    """
    return [field for output in outputs.of_spec(spec) for field in _output(output)]


def _output(output: Output) -> Iterator[Json]:
    if output.kind == "object":
        for each in output.members:
            label = f"{output.label} {each.label}"
            yield from _scalar(replace(each, key=f"{output.key}__{each.key}", label=label))
    elif output.members:
        children = [field for each in output.members for field in _scalar(each)]
        yield {"key": output.key, "label": output.label, "children": children}
    else:
        yield from _scalar(output)


def _scalar(output: Output) -> Sequence[Json]:
    if output.kind not in GIVEN:
        return []
    typed = {} if output.sample is None else {"type": GIVEN[output.kind]}
    named = {"key": output.key, "label": output.label, **typed}
    return [named | ({"primary": True} if output.primary else {})]
