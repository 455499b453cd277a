"""A form as Make fills it: only what it has can be given, defaults stand, dates are dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

Json = dict[str, Any]


def filled(form: Sequence[Json], given: Mapping[str, Any]) -> Json:
    """The parameters of a step; AssertionError where a user could not have given that."""
    known = {field["name"]: field for field in form}
    assert given.keys() <= known.keys(), f"not in the form: {given.keys() - known.keys()}"
    defaults = {name: field["default"] for name, field in known.items() if "default" in field}
    values = {name: _value(known[name], value) for name, value in {**defaults, **given}.items()}
    missing = [
        name for name, field in known.items() if field.get("required") and name not in values
    ]
    assert not missing, f"required and not given: {missing}"
    return values


def _value(field: Json, value: Any) -> Any:
    kind, options = field["type"], field.get("options")
    if kind == "date":
        return datetime.fromisoformat(value)
    if kind == "select" and isinstance(options, list):
        assert value in [each["value"] for each in options], f"{value!r} is not offered"
    wanted = {"boolean": bool, "integer": int, "uinteger": int, "array": list, "any": object}
    assert isinstance(value, wanted.get(kind, str)), f"{value!r} is no {kind}"
    return value
