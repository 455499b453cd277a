"""The house rules that no linter knows: arrows that point one way, sizes, who may touch what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.layers import EXTENSIONS, LAYERS

ROOT = Path(__file__).parent.parent.parent
ENGINE = ("integration", *EXTENSIONS, "wsgi")
APART = ("sandbox", "launch")
"""Programs of their own: they meet the engine over HTTP and as processes, never by import."""

NETWORK = {"aiohttp", "flask", "redis", "requests", "rq"}
READS_ENVIRONMENT = {"integration.settings", "integration.runtime.gunicorn_conf"}
MOST_LINES, MOST_FUNCTION_LINES = 250, 30

Place = tuple[int, frozenset[str]]


def files(*folders: str, ending: str = "py") -> list[Path]:
    found = [path for name in folders for path in sorted((ROOT / name).rglob(f"*.{ending}"))]
    return [*found, *(ROOT / f"{name}.py" for name in folders if (ROOT / f"{name}.py").exists())]


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def place(name: str) -> Place | None:
    """The layer's height and the part of it that a module, or a name in one, belongs to."""
    fits = [
        (len(prefix), height, frozenset(part))
        for height, row in enumerate(LAYERS)
        for part in row
        for prefix in part
        if name == prefix or name.startswith(prefix + ".")
    ]
    return max(fits)[1:] if fits else None


def imports(name: str, source: str, *, package: bool = False) -> set[str]:
    """Every module or name that a module imports, also inside functions, by its full name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = name.split(".")[: len(name.split(".")) - node.level + package]
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


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


def environment_reads(source: str) -> list[int]:
    """Lines that read or write the environment."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & names)
    ]


def texts(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def makes_keys(source: str) -> bool:
    return any(re.search(r"\bhl:", text) for text in texts(source))


def holds_lua(source: str) -> bool:
    return any("redis.call" in text or "redis.pcall" in text for text in texts(source))


def long_functions(source: str) -> list[str]:
    """Functions over the limit; a docstring is no code and does not count."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _lines(node) > MOST_FUNCTION_LINES
    ]


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    said = len((ast.get_docstring(node, clean=False) or "").splitlines())
    return (node.end_lineno or 0) - node.lineno + 1 - said


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """Modules that import one another in a circle; empty where there is none."""
    left = {name: set(there) for name, there in arrows.items()}
    while ends := [name for name, there in left.items() if not there & left.keys()]:
        for name in ends:
            del left[name]
    return sorted(left)


OURS = files(*ENGINE)
EVERY_FILE = files(*ENGINE, *APART, "bench", "tests")
LUA = files("integration", ending="lua")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", OURS, ids=module)
class TestEveryModule:
    def test_it_has_a_layer(self, path: Path) -> None:
        assert module(path) == "integration" or place(module(path)), (
            f"{module(path)} has no layer; say in layers.py what it may use and who may use it"
        )

    def test_its_imports_point_down(self, path: Path) -> None:
        up = steps_up(module(path), read(path), package=path.name == "__init__.py")
        assert not up, f"{module(path)} must not import {', '.join(up)}"

    def test_it_knows_nothing_of_the_programs_around_it(self, path: Path) -> None:
        roots = {name.split(".")[0] for name in imports(module(path), read(path))}
        assert not roots & {*APART, "bench", "tests"}

    def test_only_the_settings_read_the_environment(self, path: Path) -> None:
        assert module(path) in READS_ENVIRONMENT or not environment_reads(read(path))

    def test_only_keys_makes_redis_keys(self, path: Path) -> None:
        assert module(path).startswith("integration.store.key") or not makes_keys(read(path))

    def test_lua_lies_in_files_of_its_own(self, path: Path) -> None:
        assert not holds_lua(read(path)), "put the script into a .lua file beside the module"


PURE = files("integration/kernel", *EXTENSIONS)


@pytest.mark.parametrize("path", PURE, ids=module)
def test_kernel_and_extensions_reach_the_network_through_ports_alone(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(module(path), read(path))} & NETWORK
    assert not used, f"{module(path)} imports {used}; take it through the kernel's ports"


@pytest.mark.parametrize("path", files(*APART), ids=module)
def test_sandbox_and_launch_stand_alone(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    roots = {name.split(".")[0] for name in imports(module(path), read(path))}
    assert not roots & ({*ENGINE, *APART} - {own})


def test_no_modules_import_each_other_in_a_circle() -> None:
    sources = {module(path): path for path in OURS}
    arrows: dict[str, set[str]] = {}
    for name, path in sources.items():
        used = imports(name, read(path), package=path.name == "__init__.py")
        whole = {each if each in sources else each.rpartition(".")[0] for each in used}
        arrows[name] = (whole & sources.keys()) - {name}
    assert circle(arrows) == []


@pytest.mark.parametrize("path", EVERY_FILE, ids=module)
class TestEveryFile:
    def test_it_is_short(self, path: Path) -> None:
        assert len(read(path).splitlines()) <= MOST_LINES

    def test_it_opens_with_what_it_is_for(self, path: Path) -> None:
        assert ast.get_docstring(ast.parse(read(path)))


@pytest.mark.parametrize("path", files(*ENGINE, *APART, "bench"), ids=module)
def test_functions_are_short(path: Path) -> None:
    assert not long_functions(read(path))


@pytest.mark.parametrize("path", LUA, ids=lambda path: str(path.relative_to(ROOT)))
class TestEveryScript:
    def test_it_is_short_and_opens_with_its_reason(self, path: Path) -> None:
        assert len(read(path).splitlines()) <= MOST_LINES
        assert read(path).startswith("-- ")

    def test_it_lies_beside_a_module_that_runs_it(self, path: Path) -> None:
        beside = [text for each in path.parent.glob("*.py") for text in texts(read(each))]
        assert {path.stem, path.name} & set(beside)

    def test_it_is_given_its_keys(self, path: Path) -> None:
        assert not re.search(r"\bhl:", read(path))
