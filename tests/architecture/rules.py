"""What each rule of the house finds in a source; the rules themselves are tests."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from tests.architecture.reading import ROOT, imports, nodes, place

MOST_FUNCTION_LINES = 30


def steps_up(name: str, source: str, *, package: bool = False) -> list[str]:
    """The imports of a module that do not point down."""
    here = place(name)
    used = sorted(imports(name, source, package=package))
    theirs = [(each, place(each)) for each in used]
    return [
        each
        for each, there in theirs
        if here and there and there[1] != here[1] and there[0] >= here[0]
    ]


def private_of_others(name: str, source: str, modules: Iterable[str]) -> list[str]:
    """The imports of `_private` modules by a module that lies outside of their room."""
    known = set(modules)
    return [
        each
        for each in sorted(imports(name, source))
        for room, _, rest in (each.partition("._"),)
        if rest and f"{room}._{rest.split('.')[0]}" in known
        if name != room and not name.startswith(f"{room}.")
    ]


def environment_reads(source: str) -> list[int]:
    """Lines that read or write the environment."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    return [
        node.lineno
        for node in nodes(source)
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & names)
    ]


@cache
def texts(source: str) -> frozenset[str]:
    found = (node.value for node in nodes(source) if isinstance(node, ast.Constant))
    return frozenset(value for value in found if isinstance(value, str))


def makes_keys(source: str) -> bool:
    return any(re.search(r"\bhl:", text) for text in texts(source))


def holds_lua(source: str) -> bool:
    return any("redis.call" in text or "redis.pcall" in text for text in texts(source))


def second_values(source: str) -> list[str]:
    """Names of a module that are given twice: the first value, and what it says, are lost."""
    given: Counter[str] = Counter()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign):
            tuples = [getattr(each, "elts", [each]) for each in node.targets]
            found = [each for several in tuples for each in several]
            given.update(each.id for each in found if isinstance(each, ast.Name))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            given[node.name] += 1
    return [name for name, count in given.items() if count > 1]


def long_functions(source: str) -> list[str]:
    """Functions over the limit; a docstring is no code and does not count."""
    return [
        node.name
        for node in nodes(source)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _lines(node) > MOST_FUNCTION_LINES
    ]


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    said = len((ast.get_docstring(node, clean=False) or "").splitlines())
    return (node.end_lineno or 0) - node.lineno + 1 - said


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """Modules that import one another in a circle."""
    left = {name: set(there) for name, there in arrows.items()}
    while ends := [name for name, there in left.items() if not there & left.keys()]:
        for name in ends:
            del left[name]
    return sorted(left)


def offenders(paths: Iterable[Path], rule: Callable[[Path], object]) -> list[str]:
    """The files that break a rule, with what `rule` found in each."""
    broken = [(path, found) for path in paths if (found := rule(path))]
    return [f"{path.relative_to(ROOT)}: {found}" for path, found in broken]
