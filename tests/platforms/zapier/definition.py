"""The parts of a Zapier app's definition, as its rules walk through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]
KINDS = ("triggers", "searches", "creates")


def operations(app: Json, *kinds: str) -> Iterator[tuple[str, Json]]:
    for kind in kinds or KINDS:
        for key, entry in app.get(kind, {}).items():
            yield f"{kind}.{key}", entry


def visible(app: Json, *kinds: str) -> Iterator[tuple[str, Json]]:
    for name, entry in operations(app, *kinds):
        if not entry["display"].get("hidden"):
            yield name, entry


def fields(app: Json, *kinds: str) -> Iterator[tuple[str, Json]]:
    for name, entry in operations(app, *kinds):
        for field in entry["operation"].get("inputFields", []):
            yield f"{name}.{field['key']}", field


def texts(app: Json) -> Iterator[tuple[str, str]]:
    """What people read: descriptions and help."""
    for name, entry in [*operations(app), *operations(app, "searchOrCreates")]:
        yield name, entry["display"]["description"]
    for name, field in fields(app):
        yield name, field.get("helpText", "")
    for field in app["authentication"]["fields"]:
        yield field["key"], field.get("helpText", "")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from strings(each)
