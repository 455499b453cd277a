"""Zapier's checks for publishing that a definition alone can break, one small rule each.

The names are those of Zapier's "Integration check reference"; its own checks run on its servers
alone, so these are our reading of that page. A private app need not pass them; this one does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from integration.kernel.catalog_rules import is_title_case
from tests.platforms.zapier import live
from tests.platforms.zapier.definition import Json, fields, operations, strings, texts, visible

Faults = Iterator[str]
KEPT_BY_OPERATORS = frozenset({"dlt_template_id"})
"""Ids that no provider lists, so that no dropdown can offer them: Zapier would ask about them."""
SECRETS = re.compile(r"api_?key|passw(or)?d|secret|token", re.IGNORECASE)
LINK = re.compile(r"\[[^\]]+\]\(https?://[^\s)]+\)")
ADDRESS = re.compile(r"https?://")
PROGRAM = re.compile(r"(javascript|vbscript|data):(?!\s)", re.IGNORECASE)


def d001(app: Json) -> Faults:
    """No field of a step asks for a key or a password."""
    yield from (name for name, field in fields(app) if SECRETS.search(field["key"]))


def d002(app: Json) -> Faults:
    """The help of an authentication field links to where its value is found."""
    for field in app["authentication"]["fields"]:
        if not LINK.search(field.get("helpText", "")):
            yield field["key"]


def d003(app: Json) -> Faults:
    """The connection's label tells one account from another."""
    label = app["authentication"].get("connectionLabel", "")
    told = label["source"] if isinstance(label, Mapping) else label
    if "bundle." not in told and "{{" not in told:
        yield "authentication.connectionLabel"


def d004(app: Json) -> Faults:
    """A field that wants an id offers a dropdown."""
    for name, field in fields(app):
        wants_id = field["key"].endswith("_id") and field["key"] not in KEPT_BY_OPERATORS
        if wants_id and "dynamic" not in field and "choices" not in field:
            yield name


def d005(app: Json) -> Faults:
    """A dropdown's trigger exists."""
    for name, field in fields(app):
        if "dynamic" in field and field["dynamic"].split(".")[0] not in app["triggers"]:
            yield name


def d006(app: Json) -> Faults:
    """A REST hook can show samples."""
    for name, entry in operations(app, "triggers"):
        if entry["operation"]["type"] == "hook" and "performList" not in entry["operation"]:
            yield name


def d007(app: Json) -> Faults:
    """Every address is https."""
    yield from (text[:60] for text in strings(app) if re.search(r"http://\w", text))


def d008(app: Json) -> Faults:
    """An address that people read is a Markdown link or stands in backticks."""
    for name, text in texts(app):
        if ADDRESS.search(re.sub(r"`[^`]*`", "", LINK.sub("", text))):
            yield name


def d009(app: Json) -> Faults:
    """A search asks for something."""
    for name, entry in operations(app, "searches"):
        if not entry["operation"].get("inputFields"):
            yield name


def d010(app: Json) -> Faults:
    """A polling trigger's sample has its primary key."""
    for name, entry in visible(app, "triggers"):
        operation = entry["operation"]
        if operation["type"] == "polling" and [*live.primary(operation, [operation["sample"]])]:
            yield name


def d011(app: Json) -> Faults:
    """A help text says more than the label."""
    for name, field in fields(app):
        if field.get("helpText", "").strip(". ").lower() == field["label"].lower():
            yield name


def d012(app: Json) -> Faults:
    """What a user can choose has a sample."""
    yield from (name for name, entry in visible(app) if not entry["operation"].get("sample"))


def d013(app: Json) -> Faults:
    """A field's search exists."""
    for name, field in fields(app):
        if "search" in field and field["search"].split(".")[0] not in app["searches"]:
            yield name


def d014(app: Json) -> Faults:
    """A field with a search has a dropdown too."""
    yield from (name for name, field in fields(app) if "search" in field and "dynamic" not in field)


def d015(app: Json) -> Faults:
    """A find-or-create joins what is there."""
    for name, entry in operations(app, "searchOrCreates"):
        if entry["search"] not in app["searches"] or entry["create"] not in app["creates"]:
            yield name


def d016(app: Json) -> Faults:
    """No hook is static: each subscribes and unsubscribes by itself."""
    for name, entry in operations(app, "triggers"):
        lacking = {"performSubscribe", "performUnsubscribe"} - entry["operation"].keys()
        if entry["operation"]["type"] == "hook" and lacking:
            yield name


def d018(app: Json) -> Faults:
    """Labels are in title case."""
    for name, entry in [*operations(app), *operations(app, "searchOrCreates")]:
        if not is_title_case(entry["display"]["label"].removesuffix(" (Polling)")):
            yield name


def d021(app: Json) -> Faults:
    """A trigger's description starts with `Triggers when` and ends with a full stop."""
    for name, entry in operations(app, "triggers"):
        said = entry["display"]["description"]
        if not said.startswith("Triggers when ") or not said.endswith("."):
            yield name


def d022(app: Json) -> Faults:
    """A create has fields that are always there."""
    for name, entry in operations(app, "creates"):
        if not any("key" in field for field in entry["operation"].get("inputFields", [])):
            yield name


def d023(app: Json) -> Faults:
    """The dates in samples are ISO 8601, with a zone."""
    for name, entry in visible(app):
        yield from (f"{name}: {fault}" for fault in live.dates(entry["operation"]["sample"]))


def d024(app: Json) -> Faults:
    """A sample has the types that the output fields tell."""
    for name, entry in visible(app):
        operation = entry["operation"]
        yield from (f"{name}: {fault}" for fault in live.types(operation, operation["sample"]))


def d025(app: Json) -> Faults:
    """No text hides a program in an address."""
    for text in strings(app):
        if PROGRAM.search(text):
            yield text[:60]


def d026(app: Json) -> Faults:
    """An address that a user gives is looked at before it is called."""
    given = any(field["key"] == "base_url" for field in app["authentication"]["fields"])
    looks = [each["source"] for each in app.get("beforeRequest", [])]
    if given and not any("base_url" in look and "throw" in look for look in looks):
        yield "authentication.base_url"


RULES: tuple[Callable[[Json], Faults], ...] = (
    *(d001, d002, d003, d004, d005, d006, d007, d008, d009, d010, d011, d012, d013, d014, d015),
    *(d016, d018, d021, d022, d023, d024, d025, d026),
)
