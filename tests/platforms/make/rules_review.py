"""What Make's reviewers ask of a public app, so that a private one feels like one of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.platforms.make.app import App
from tests.platforms.make.rules_forms import FORMS, fields

TRIGGERS = ("trigger", "instant_trigger")


def labels(app: App) -> Iterator[tuple[str, str, str]]:
    """Of every module: its id, type and label."""
    for name, entry in app.of("module").items():
        yield name, entry.get("moduleType", ""), entry.get("label", "")


def triggers_watch(app: App) -> Iterator[str]:
    for name, kind, label in labels(app):
        if (kind in TRIGGERS) != label.startswith("Watch "):
            yield f"{name}: {label}"


def others_say_first_what_they_do(app: App) -> Iterator[str]:
    """The verb, which the description bears out: 'Send an SMS', 'Sends a text message …'."""
    for name, kind, label in labels(app):
        verb, said = label.split(" ")[0], app.of("module")[name].get("description", "")
        if kind in TRIGGERS or kind == "universal" or verb == "Search":
            continue
        if not said.lower().startswith(verb[:2].lower()):
            yield f"{name}: {label}"


def labels_are_in_sentence_case(app: App) -> Iterator[str]:
    every = [label for _, _, label in labels(app)]
    every += [field.get("label", "") for _, field in fields(app, *FORMS, "interface")]
    every += [entry.get("label", "") for entry in app.of("webhook").values()]
    every += [entry.get("label", "") for entry in app.of("rpc").values()]
    every += [group["label"] for group in app.json[app.manifest["generalCodeFiles"]["groups"]]]
    for label in every:
        first, *others = label.split(" ")
        if first[:1].islower() or any(re.fullmatch(r"[A-Z][a-z]+", word) for word in others):
            yield label


def no_two_modules_are_called_alike(app: App) -> Iterator[str]:
    every = [label for _, _, label in labels(app)]
    yield from (label for label in set(every) if every.count(label) > 1)


def descriptions_are_sentences(app: App) -> Iterator[str]:
    for name, entry in app.of("module").items():
        text = entry.get("description", "")
        if not re.fullmatch(r"[A-Z].*\.", text):
            yield f"{name}: {text}"


def fields_to_fill_in_are_explained(app: App) -> Iterator[str]:
    for name in app.of("module"):
        codes = app.codes("module", name)
        for field in [*(codes.get("staticParams") or []), *(codes.get("mappableParams") or [])]:
            plain = name == "makeApiCall"  # Make's own wording of this module explains two fields
            if not field.get("help") and not plain:
                yield f"{name}: {field['name']}"


def actions_say_what_they_do_to_things(app: App) -> Iterator[str]:
    for name, entry in app.of("module").items():
        if ("actionCrud" in entry) != (entry.get("moduleType") == "action"):
            yield name


def one_module_makes_any_call_and_only_to_the_server(app: App) -> Iterator[str]:
    found = [name for name, kind, _ in labels(app) if kind == "universal"]
    if len(found) != 1:
        yield f"{len(found)} of them"
    for name in found:
        entry, codes = app.of("module")[name], app.codes("module", name)
        if entry["label"] != "Make an API call" or not entry["description"].startswith("Performs"):
            yield entry["label"]
        if codes["communication"]["url"] != "{{connection.baseUrl}}/{{parameters.url}}":
            yield "its path could lead elsewhere"


def errors_bear_their_status(app: App) -> Iterator[str]:
    error = app.base.get("response", {}).get("error", {})
    messages = [error.get("message", ""), *(v["message"] for v in error.values() if _is(v))]
    if not all(text.startswith("[{{statusCode}}] ") for text in messages):
        yield "a message without [status]"
    missing = {"400", "401", "404", "422", "429", "503"} - set(error)
    if missing:
        yield f"nothing for {sorted(missing)}"


def _is(value: Any) -> bool:
    return isinstance(value, dict) and "message" in value


def braces_in_texts_are_no_expressions(app: App) -> Iterator[str]:
    texts = [
        str(entry.get(key))
        for kind in ("module", "webhook", "rpc")
        for entry in app.of(kind).values()
        for key in ("label", "description")
    ]
    for _, _, content in app.every(*FORMS, "interface", "samples"):
        texts += list(_texts(content))
    yield from (text for text in texts if "{{" in text or "}}" in text)


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for each in content.values() if isinstance(content, dict) else content:
            yield from _texts(each)


RULES = (
    triggers_watch,
    others_say_first_what_they_do,
    labels_are_in_sentence_case,
    no_two_modules_are_called_alike,
    descriptions_are_sentences,
    fields_to_fill_in_are_explained,
    actions_say_what_they_do_to_things,
    one_module_makes_any_call_and_only_to_the_server,
    errors_bear_their_status,
    braces_in_texts_are_no_expressions,
)
