"""Zapier's style guide as rules, and its checks C001 to C003 on what may not change."""

from __future__ import annotations

import re
from collections.abc import Callable

from integration.kernel.catalog_rules import is_sentence
from tests.platforms.zapier import live
from tests.platforms.zapier.definition import Json, fields, operations, visible
from tests.platforms.zapier.rules import Faults

FINDING = ("Find ", "Get ", "List ")
OURS = "Hookline"


def keys(app: Json) -> Faults:
    """Style: keys are snake_case."""
    for name, _ in [*operations(app), *fields(app)]:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name.split(".")[-1]):
            yield name


def nouns(app: Json) -> Faults:
    """Style: a noun is singular and capitalised."""
    for name, entry in visible(app):
        noun = entry["noun"]
        if noun[0] != noun[0].upper() or (noun.endswith("s") and not noun.endswith("SMS")):
            yield name


def names(app: Json) -> Faults:
    """Style: a label leaves out the app's name, which stands beside it."""
    yield from (name for name, entry in operations(app) if OURS in entry["display"]["label"])


def said(app: Json) -> Faults:
    """Style: an action's description says in the third person what it does."""
    for name, entry in operations(app, "searches", "creates"):
        text = entry["display"]["description"]
        if not is_sentence(text) or not text.split(" ")[0].endswith("s"):
            yield name


def found(app: Json) -> Faults:
    """Style: a search's label says that it finds."""
    for name, entry in visible(app, "searches"):
        if not entry["display"]["label"].startswith(FINDING):
            yield name
    for name, entry in operations(app, "searchOrCreates"):
        if not entry["display"]["label"].startswith("Find or Create "):
            yield name


def first(app: Json) -> Faults:
    """Style: what must be given comes first."""
    for name, entry in operations(app):
        needed = [bool(each.get("required")) for each in entry["operation"].get("inputFields", [])]
        if needed != sorted(needed, reverse=True):
            yield name


STYLE: tuple[Callable[[Json], Faults], ...] = (keys, nouns, names, said, found, first)


def c001(was: Json, now: Json) -> Faults:
    """No trigger, search or action that users have is hidden or gone."""
    there = {name for name, _ in visible(now)}
    yield from (name for name, _ in visible(was) if name not in there)


def c002(was: Json, now: Json) -> Faults:
    """No field that users have filled in is gone."""
    there = {name for name, _ in fields(now)}
    yield from (name for name, _ in fields(was) if name not in there)


def c003(was: Json, now: Json) -> Faults:
    """No key that users have mapped is gone from a sample."""
    there = dict(visible(now))
    for name, entry in visible(was):
        left = there.get(name, {"operation": {"sample": {}}})["operation"]["sample"]
        gone = live.flat(entry["operation"]["sample"]).keys() - live.flat(left).keys()
        yield from (f"{name}.{key}" for key in sorted(gone))


CHANGES: tuple[Callable[[Json, Json], Faults], ...] = (c001, c002, c003)
