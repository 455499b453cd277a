"""Forms: drawn from the same field descriptions that platforms draw theirs from."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from integration.kernel.errors import HooklineError
from integration.kernel.fields import Inputs, described
from integration.web.console import dropdowns, once

Choices = Sequence[tuple[str, str]]
WIDGETS = {
    "long_text": "textarea",
    "secret": "password",
    "datetime": "moment",
    "choice": "select",
    "boolean": "select",
}
TOKENS = ("csrf", once.FIELD)
YES_NO: Choices = (("true", "Yes"), ("false", "No"))


Control = Mapping[str, Any]
"""A field as the catalog describes it, with its `widget`, `value` and `choices`, and in `errors`
the service's sentences about it."""


def controls(
    schema: type[Inputs],
    given: Mapping[str, Any],
    error: HooklineError | None = None,
    leave_out: Sequence[str] = (),
) -> list[Control]:
    """The fields of a schema, filled with what was `given`; secrets are never filled in."""
    errors = error.problem().get("errors", {}) if error else {}
    return [
        _control(each, given) | {"errors": errors.get(each["key"], ())}
        for each in described(schema)
        if each["key"] not in leave_out
    ]


def _control(field: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    name, kind = field["key"], field["type"]
    widget = WIDGETS.get(kind, "text")
    if name == "message":
        widget = "textarea"
    elif field.get("options") == "connections":
        widget = "select"
    shown = "" if kind == "secret" else given.get(name)
    value = "" if shown is None else str(shown)
    choices = _choices(field) if widget == "select" else ()
    made = {**field, "widget": widget, "value": value, "choices": choices}
    return made | dropdowns.of(field["options"], value) if "options" in field else made


def _choices(field: Mapping[str, Any]) -> Choices:
    if "options" in field:
        return ()
    if field["type"] == "boolean":
        return YES_NO
    return [(row["id"], row["label"]) for row in field["choices"]]


def given() -> dict[str, str]:
    """What the form on the page sent, without its tokens; left out is what was left blank."""
    pairs = request.form.items() if request.method == "POST" else request.args.items()
    return {name: value for name, value in pairs if name not in TOKENS and value.strip()}


def only(values: Mapping[str, str], schema: type[Inputs]) -> dict[str, str]:
    names = set(schema().fields)
    return {name: value for name, value in values.items() if name in names}
