"""Rules on forms, interfaces and samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.platforms.make.app import App

Json = dict[str, Any]
TYPES = {
    *("any", "array", "banner", "boolean", "buffer", "cert", "collection", "color", "date"),
    *("email", "file", "filename", "filter", "folder", "hidden", "integer", "json", "number"),
    *("password", "path", "pkey", "port", "select", "text", "time", "timestamp", "timezone"),
    *("udt", "uinteger", "url", "uuid"),
}
KEYS = {
    *("name", "label", "help", "type", "default", "advanced", "required", "multiline", "editable"),
    *("mappable", "options", "spec", "validate", "sequence", "dynamic", "time", "sort", "mode"),
    *("semantic", "grouped", "multiple", "nested", "visible", "pattern", "tags", "labels"),
}
LONGEST_NAME, LONGEST_LABEL = 128, 256
FORMS = ("params", "staticParams", "mappableParams")


def fields(app: App, *codes: str) -> Iterator[tuple[str, Json]]:
    """Every field of these codes, also those inside another."""
    for _, path, form in app.every(*codes):
        for field in _inside(form):
            yield path, field


def _inside(form: Any) -> Iterator[Json]:
    for field in form if isinstance(form, list) else [form]:
        yield field
        if "spec" in field:
            yield from _inside(field["spec"])


def fields_are_of_known_types(app: App) -> Iterator[str]:
    for path, field in fields(app, *FORMS, "interface"):
        if field.get("type") not in TYPES:
            yield f"{path}: {field.get('type')}"


def fields_have_known_keys(app: App) -> Iterator[str]:
    for path, field in fields(app, *FORMS, "interface"):
        if set(field) - KEYS:
            yield f"{path}: {sorted(set(field) - KEYS)}"


def fields_have_names_and_labels(app: App) -> Iterator[str]:
    for path, field in fields(app, *FORMS, "interface"):
        name, label = field.get("name", ""), field.get("label", "")
        if not 1 <= len(name) <= LONGEST_NAME or not 1 <= len(label) <= LONGEST_LABEL:
            yield f"{path}: {name or field}"


def flags_are_flags(app: App) -> Iterator[str]:
    flags = ("required", "advanced", "multiline", "editable", "mappable")
    for path, field in fields(app, *FORMS, "interface"):
        if any(not isinstance(field.get(flag, False), bool) for flag in flags):
            yield f"{path}: {field['name']}"


def names_are_used_once_in_a_form(app: App) -> Iterator[str]:
    for _, path, form in app.every(*FORMS, "interface"):
        twice = [name for name, n in Counter(f.get("name") for f in form).items() if n > 1]
        if twice:
            yield f"{path}: {twice}"


def a_select_offers_something(app: App) -> Iterator[str]:
    for path, field in fields(app, *FORMS):
        options = field.get("options")
        if (field.get("type") == "select") != bool(options):
            yield f"{path}: {field['name']}"
        if isinstance(options, list) and not all(
            {"value"} <= set(each) <= {"label", "value", "default"} for each in options
        ):
            yield f"{path}: {field['name']}"


def a_dropdown_is_there(app: App) -> Iterator[str]:
    for path, field in fields(app, *FORMS):
        options = field.get("options")
        known = [f"rpc://{name}" for name in app.of("rpc")]
        if isinstance(options, str) and options not in known:
            yield f"{path}: {options}"


def dropdowns_of_triggers_can_be_typed_into(app: App) -> Iterator[str]:
    """Nothing can be mapped in a trigger, so an id that is not listed must be typed."""
    for path, field in fields(app, "params", "staticParams"):
        if isinstance(field.get("options"), str) and not field.get("editable"):
            yield f"{path}: {field['name']}"


def text_of_several_lines_is_text(app: App) -> Iterator[str]:
    for path, field in fields(app, *FORMS):
        if field.get("multiline") and field["type"] != "text":
            yield f"{path}: {field['name']}"


def secrets_are_hidden(app: App) -> Iterator[str]:
    for path, field in fields(app, *FORMS):
        if field["name"].lower().endswith("apikey") and field["type"] != "password":
            yield path


def a_trigger_maps_nothing(app: App) -> Iterator[str]:
    for name, entry in app.of("module").items():
        codes = app.codes("module", name)
        is_trigger = entry.get("moduleType") in ("trigger", "instant_trigger")
        if is_trigger and codes.get("mappableParams"):
            yield name
        if not is_trigger and codes.get("staticParams"):
            yield name


def every_module_says_what_it_gives_back(app: App) -> Iterator[str]:
    for name in app.of("module"):
        codes = app.codes("module", name)
        if not codes.get("interface") or not codes.get("samples"):
            yield name


def samples_are_of_the_interface(app: App) -> Iterator[str]:
    for name in app.of("module"):
        codes = app.codes("module", name)
        listed = {field["name"] for field in codes.get("interface") or []}
        # A job of several recipients has `jobs`, which a sample of one has not.
        if set(codes.get("samples") or {}) != listed - {"jobs"}:
            yield name


RULES = (
    fields_are_of_known_types,
    fields_have_known_keys,
    fields_have_names_and_labels,
    flags_are_flags,
    names_are_used_once_in_a_form,
    a_select_offers_something,
    a_dropdown_is_there,
    dropdowns_of_triggers_can_be_typed_into,
    text_of_several_lines_is_text,
    secrets_are_hidden,
    a_trigger_maps_nothing,
    every_module_says_what_it_gives_back,
    samples_are_of_the_interface,
)
