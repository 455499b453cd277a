"""How the house is read: its files, their modules, what each imports, and where it stands."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.architecture.layers import EXTENSIONS, LAYERS

ROOT = Path(__file__).parent.parent.parent
ENGINE = ("integration", *EXTENSIONS, "wsgi")
APART = ("sandbox", "launch")
"""Programs of their own: they meet the engine over HTTP and as processes, never by import."""
AROUND = ("proofs", "tests")

Place = tuple[int, frozenset[str]]


def files(*folders: str, ending: str = "py") -> list[Path]:
    found = [path for name in folders for path in sorted((ROOT / name).rglob(f"*.{ending}"))]
    return [*found, *(ROOT / f"{name}.py" for name in folders if (ROOT / f"{name}.py").exists())]


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


_PARTS = {
    prefix: (height, frozenset(part))
    for height, row in enumerate(LAYERS)
    for part in row
    for prefix in part
}


@cache
def room(name: str) -> str | None:
    """The longest name in the layers that fits a module, or a name in one."""
    fits = [each for each in _PARTS if name == each or name.startswith(each + ".")]
    return max(fits, key=len, default=None)


def place(name: str) -> Place | None:
    """The layer's height and the part of it that a module, or a name in one, belongs to."""
    found = room(name)
    return _PARTS[found] if found else None


@cache
def parsed(source: str) -> ast.Module:
    """Read once: every rule looks at every file."""
    return ast.parse(source)


@cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Every node of a module, walked once."""
    return tuple(ast.walk(parsed(source)))


@cache
def imports(name: str, source: str, *, package: bool = False) -> frozenset[str]:
    """Every module or name that a module imports, also inside functions, by its full name."""
    found = set[str]()
    for node in nodes(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = name.split(".")[: len(name.split(".")) - node.level + package]
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return frozenset(found)


OURS = files(*ENGINE)
EVERY_FILE = files(*ENGINE, *APART, *AROUND)
LUA = files("integration", ending="lua")


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def used(path: Path) -> frozenset[str]:
    return imports(module(path), read(path), package=path.name == "__init__.py")


def roots(path: Path) -> set[str]:
    """The first part of every name that a module imports."""
    return {name.split(".")[0] for name in used(path)}


@cache
def arrows() -> dict[str, set[str]]:
    """Every module of the tree with the modules of the tree that it imports."""
    sources = {module(path): path for path in EVERY_FILE}
    found = {}
    for name, path in sources.items():
        whole = {each if each in sources else each.rpartition(".")[0] for each in used(path)}
        found[name] = (whole & sources.keys()) - {name}
    return found
