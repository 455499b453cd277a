"""The picture of the house: its rooms, their floors, their size, and the arrows between them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from proofs.rig.page import placed
from tests.architecture.layers import LAYERS
from tests.architecture.reading import EVERY_FILE, LUA, ROOT, arrows, module, parsed, read, room

PAGES = {"README.md": "layout", "docs/architecture.md": "floors"}
"""The pages that show the picture, and the block that each of them holds between its marks."""
TESTS = "Contract, flows, architecture and documents: whatever is promised is tested here."


@dataclass(frozen=True, kw_only=True)
class Room:
    """`floor` counts from the ground; `uses` are the rooms that its modules import."""

    name: str
    floor: int
    purpose: str
    lines: int
    uses: frozenset[str]

    @property
    def path(self) -> str:
        place = self.name.replace(".", "/")
        return f"{place}/" if (ROOT / place).is_dir() else f"{place}.py"


@cache
def rooms() -> tuple[Room, ...]:
    """From the ground up. A package that only holds other rooms is no room."""
    return tuple(
        Room(
            name=name,
            floor=floor,
            purpose=_purpose(name),
            lines=_lines(name),
            uses=frozenset(_uses(name)),
        )
        for floor, row in enumerate(LAYERS)
        for part in row
        for name in sorted(part)
        if [each for each in arrows() if room(each) == name and each != name]
        or not (ROOT / name.replace(".", "/")).is_dir()
    )


def upward(house: Sequence[Room]) -> list[str]:
    """The arrows that do not point down to a lower floor, or stay inside a part."""
    floors = {each.name: each.floor for each in house}
    parts = [part for row in LAYERS for part in row]
    return [
        f"{each.name} -> {other}"
        for each in house
        for other in sorted(each.uses)
        if floors[other] >= each.floor and not any({each.name, other} <= part for part in parts)
    ]


def _purpose(name: str) -> str:
    """The first sentence of what a room's file or package says of itself."""
    place = ROOT / name.replace(".", "/")
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    if not path.exists():
        return TESTS
    text = " ".join((ast.get_docstring(parsed(read(path))) or "").partition("\n\n")[0].split())
    return text.partition(". ")[0].removesuffix(".") + "."


def _lines(name: str) -> int:
    return sum(
        len(read(path).splitlines()) for path in [*EVERY_FILE, *LUA] if room(module(path)) == name
    )


def _uses(name: str) -> Iterator[str]:
    for here, there in arrows().items():
        if room(here) == name:
            yield from (other for each in there if (other := room(each)) not in (None, name))


def layout(house: Sequence[Room]) -> str:
    """The rooms from the ground up, each with its floor and its purpose."""
    wide = max(len(each.path) for each in house)
    rows = [f"{each.floor:>2}  {each.path:<{wide}}  {each.purpose}" for each in house]
    return "\n".join(["```text", *rows, "```"])


def floors(house: Sequence[Room]) -> str:
    """The same as a table, with the arrows; tests use all of it."""
    used = {each.name: ", ".join(map(_short, sorted(each.uses))) for each in house}
    rows = [
        f"| {each.floor} | `{each.path}` | {used[each.name] or 'nothing'} |"
        for each in house
        if each.name != "tests"
    ]
    return "\n".join(["| floor | room | uses |", "|---|---|---|", *rows])


def _short(name: str) -> str:
    return name.removeprefix("integration.").replace(".", "/")


def drawn(page: str, text: str, house: Sequence[Room]) -> str:
    """The page with its block drawn from the house."""
    block = {"layout": layout, "floors": floors}[PAGES[page]]
    return placed(text, "house", PAGES[page], block(house))
