"""Rules on the folder: its manifest, the ids in it, the files it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator

from tests.platforms.make.app import App

KINDS = {"connection", "webhook", "module", "rpc", "function", "endpoint"}
GENERAL = {"base", "common", "readme", "groups"}
SHORT_ID = re.compile(r"[a-zA-Z][0-9a-zA-Z-]{1,33}[0-9a-zA-Z]")
LONG_ID = re.compile(r"[a-zA-Z][0-9a-zA-Z]{2,47}")
IDS = {"connection": SHORT_ID, "webhook": SHORT_ID, "module": LONG_ID, "rpc": LONG_ID}
RESERVED = frozenset(
    [
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ]
)
TYPES = {"action", "search", "trigger", "instant_trigger", "responder", "universal"}
FACTS = {
    "connection": {"label", "connectionType"},
    "webhook": {"label", "connection", "altConnection", "webhookType"},
    "module": {
        *("label", "description", "moduleType", "actionCrud"),
        *("connection", "altConnection", "webhook"),
    },
    "rpc": {"label", "connection", "altConnection"},
}
WORDS: dict[str, Container[object]] = {
    "connectionType": {"basic", "oauth"},
    "webhookType": {"web", "web-shared"},
    "moduleType": TYPES,
    "actionCrud": {"create", "read", "update", "delete", None},
}
MUST = {
    "connection": ("label", "connectionType"),
    "webhook": ("label", "connection", "webhookType"),
    "module": ("label", "description", "moduleType"),
    "rpc": ("label",),
}
FILE_OF = {
    **{code: code for code in ("communication", "params", "attach", "detach", "update", "epoch")},
    **{code: code for code in ("interface", "samples", "scope", "common")},
    "requiredScope": "required-scope",
    "staticParams": "static-params",
    "mappableParams": "mappable-params",
}
STEP = {"communication", "staticParams", "mappableParams", "interface", "samples"}
CODES = {
    "connection": {"communication", "params", "common"},
    "webhook": {"communication", "params", "attach", "detach", "update", "requiredScope"},
    "rpc": {"communication", "params"},
}


def the_manifest_has_its_keys(app: App) -> Iterator[str]:
    wanted = {"fileVersion", "generalCodeFiles", "components", "origins"}
    if set(app.manifest) != wanted or app.manifest["fileVersion"] != 1:
        yield f"makecomapp.json has {sorted(app.manifest)}"
    if set(app.manifest.get("generalCodeFiles", {})) != GENERAL:
        yield "generalCodeFiles"
    if set(app.manifest.get("components", {})) != KINDS:
        yield "components"


def ids_are_of_their_form(app: App) -> Iterator[str]:
    for kind, form in IDS.items():
        for name in app.of(kind):
            if not form.fullmatch(name) or name in RESERVED:
                yield f"{kind} {name}"


def facts_are_known(app: App) -> Iterator[str]:
    for kind, known in FACTS.items():
        for name, entry in app.of(kind).items():
            strange = set(entry) - known - {"codeFiles"}
            missing = [fact for fact in MUST[kind] if not entry.get(fact)]
            wrong = [
                fact
                for fact, words in WORDS.items()
                if entry.get(fact, None) not in words and fact in entry
            ]
            if strange or missing or wrong:
                yield f"{kind} {name}: {strange or missing or wrong}"


def codes_fit_their_component(app: App) -> Iterator[str]:
    for kind in FACTS:
        for name, entry in app.of(kind).items():
            allowed = CODES.get(kind) or _codes_of_module(entry.get("moduleType"))
            if not set(entry["codeFiles"]) <= allowed or "communication" not in entry["codeFiles"]:
                yield f"{kind} {name}: {sorted(entry['codeFiles'])}"


def _codes_of_module(kind: str | None) -> set[str]:
    if kind == "instant_trigger":
        return STEP
    return STEP | {"scope"} | ({"epoch"} if kind == "trigger" else set())


def files_lie_where_the_editor_puts_them(app: App) -> Iterator[str]:
    general = {"base": "general/base.iml.json", "common": "general/common.json"}
    general |= {"readme": "README.md", "groups": "modules/groups.json"}
    for code, path in app.manifest["generalCodeFiles"].items():
        if path not in (None, general[code]):
            yield f"{code}: {path}"
    for kind in FACTS:
        for name, entry in app.of(kind).items():
            stem = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name).lower()
            for code, path in entry["codeFiles"].items():
                if path != f"{kind}s/{stem}/{stem}.{FILE_OF.get(code, code)}.iml.json":
                    yield f"{kind} {name}: {path}"


def every_file_is_named_once_and_there(app: App) -> Iterator[str]:
    named = [path for path in app.manifest["generalCodeFiles"].values() if path]
    for kind in KINDS:
        for entry in app.of(kind).values():
            named += [path for path in entry["codeFiles"].values() if path]
    yield from (f"{path} is named twice" for path, count in Counter(named).items() if count > 1)
    yield from (f"{path} is not there" for path in set(named) - set(app.texts))
    yield from (f"nobody names {path}" for path in set(app.texts) - {*named, "makecomapp.json"})


def files_hold_json(app: App) -> Iterator[str]:
    for path, content in app.json.items():
        lists = ("params.iml.json", "interface.iml.json", "groups.json", "scope.iml.json")
        if not isinstance(content, list if path.endswith(lists) else dict):
            yield f"{path} holds {type(content).__name__}"


def references_lead_somewhere(app: App) -> Iterator[str]:
    for kind in ("webhook", "module", "rpc"):
        for name, entry in app.of(kind).items():
            for fact, target in (("connection", "connection"), ("webhook", "webhook")):
                if entry.get(fact) is not None and entry[fact] not in app.of(target):
                    yield f"{kind} {name}: there is no {fact} {entry[fact]}"


def an_instant_trigger_has_a_webhook_and_others_a_connection(app: App) -> Iterator[str]:
    for name, entry in app.of("module").items():
        instant = entry.get("moduleType") == "instant_trigger"
        if bool(entry.get("webhook")) != instant or bool(entry.get("connection")) == instant:
            yield f"module {name}"


def origins_are_whole(app: App) -> Iterator[str]:
    for origin in app.manifest["origins"]:
        fits = (
            re.fullmatch(r"https://(.*)/api", origin.get("baseUrl", "")),
            re.fullmatch(r"[a-z][0-9a-z-]{1,28}[0-9a-z]", origin.get("appId", "")),
            isinstance(origin.get("appVersion"), int),
            origin.get("apikeyFile"),
        )
        if not all(fits):
            yield f"origin {origin.get('label')}"


def groups_list_every_module_once(app: App) -> Iterator[str]:
    groups = app.json[app.manifest["generalCodeFiles"]["groups"]]
    listed = Counter(name for group in groups for name in group["modules"])
    if set(listed) != set(app.of("module")) or set(listed.values()) != {1}:
        yield f"{set(listed) ^ set(app.of('module'))} or one of them twice"
    if any(set(group) != {"label", "modules"} for group in groups):
        yield "a group has a label and modules"


RULES = (
    the_manifest_has_its_keys,
    ids_are_of_their_form,
    facts_are_known,
    codes_fit_their_component,
    files_lie_where_the_editor_puts_them,
    every_file_is_named_once_and_there,
    files_hold_json,
    references_lead_somewhere,
    an_instant_trigger_has_a_webhook_and_others_a_connection,
    origins_are_whole,
    groups_list_every_module_once,
)
