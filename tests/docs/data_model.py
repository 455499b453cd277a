"""Makes docs/data-model.md of the list of keys: `python -m tests.docs.data_model --write`."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from integration.store import keys
from integration.store.key import EVERY, Key
from tests.architecture.lua_names import names_of
from tests.architecture.reading import LUA, OURS, module, parsed, read, room

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/data-model.md"
TEMPLATE = Path(__file__).with_name("data_model.md")
OWNERS = {
    "store": "The store itself",
    "accounts": "Accounts",
    "inbound": "Inbound: from a provider to the inbox",
    "hooks": "Hooks",
    "delivery": "Delivery: from the inbox to a hook's target",
    "media": "Media: the files of received messages",
    "jobs": "Jobs: from a platform to a provider",
    "web.console": "The console",
    "rq": "RQ",
}
HEAD = "| key | type | what it is for | how long it stays | also used by |\n|---|---|---|---|---|"
SPANS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def page() -> str:
    """The whole page: the template with the list in place of `{{keys}}`."""
    assert keys.API_KEYS, "importing the package declares every key"
    sections = "\n\n".join(_section(owner) for owner in _owners())
    return TEMPLATE.read_text(encoding="utf-8").replace("{{keys}}", sections)


def _owners() -> list[str]:
    found = {each.owner for each in EVERY.values()}
    return [*(each for each in OWNERS if each in found), *sorted(found - OWNERS.keys())]


def _section(owner: str) -> str:
    own = sorted((each for each in EVERY.values() if each.owner == owner), key=_pattern)
    rows = "\n".join(_row(each) for each in own)
    fields = "".join(f"\n\n{_fields(each)}" for each in own if each.fields)
    title = OWNERS.get(owner, owner)
    head = (
        "| key | type | what it is for | how long it stays | also used by |\n|---|---|---|---|---|"
    )
    return f"### {title}\n\n{head}\n{rows}{fields}"


def _pattern(key: Key) -> str:
    return key.pattern


def _row(key: Key) -> str:
    others = ", ".join(sorted(_users()[key.name] - {key.owner}))
    cells = (f"`{key.pattern}`", key.kind, key.holds, "; ".join(_life(key)), others)
    return f"| {' | '.join(cells)} |"


@cache
def _users() -> dict[str, set[str]]:
    """By the name of a key, the rooms that read or write it."""
    found = defaultdict[str, set[str]](set)
    for path in LUA:
        for name in names_of([read(path)]).free & keys.LUA.keys():
            found[keys.LUA[name].name].add(_home(path))
    for path in OURS:
        home = _home(path)
        for node in ast.walk(parsed(read(path))):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "keys":
                found[node.attr.lower()].add(home)
    return found


def _home(path: Path) -> str:
    return (room(module(path)) or "").removeprefix("integration.")


def _fields(key: Key) -> str:
    lines = "\n".join(f"- `{name}`: {what}" for name, what in key.fields.items())
    return f"Fields of `{key.pattern}`:\n\n{lines}"


def _life(key: Key) -> Iterator[str]:
    if key.seconds:
        yield f"{_span(key.seconds)} {key.expires}"
    if key.unless:
        yield f"no TTL while {key.unless}"
    if key.cap:
        yield f"at most {key.cap}"
    if key.permanent:
        yield f"permanent: {key.permanent[0].lower()}{key.permanent[1:].rstrip('.')}"


def _span(seconds: int) -> str:
    name, size = next(each for each in SPANS if seconds % each[1] == 0)
    count = seconds // size
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page())
