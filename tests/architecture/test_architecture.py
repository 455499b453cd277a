"""The house rules that no linter knows: arrows that point one way, sizes, who may touch what."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

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


@cache
def parsed(source: str) -> ast.Module:
    """Read once: every rule looks at every file."""
    return ast.parse(source)


def imports(name: str, source: str, *, package: bool = False) -> set[str]:
    """Every module or name that a module imports, also inside functions, by its full name."""
    found = set()
    for node in ast.walk(parsed(source)):
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
        for node in ast.walk(parsed(source))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & names)
    ]


def texts(source: str) -> Iterator[str]:
    for node in ast.walk(parsed(source)):
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
        for node in ast.walk(parsed(source))
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


OURS = files(*ENGINE)
EVERY_FILE = files(*ENGINE, *APART, "proofs", "tests")
LUA = files("integration", ending="lua")


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def offenders(paths: Iterable[Path], rule: Callable[[Path], object]) -> list[str]:
    """The files that break a rule, with what `rule` found in each."""
    broken = [(path, found) for path in paths if (found := rule(path))]
    return [f"{path.relative_to(ROOT)}: {found}" for path, found in broken]


def used(path: Path) -> set[str]:
    return imports(module(path), read(path), package=path.name == "__init__.py")


def roots(path: Path) -> set[str]:
    """The first part of every name that a module imports."""
    return {name.split(".")[0] for name in used(path)}


def test_every_module_has_a_layer() -> None:
    """layers.py says what a module may use and who may use it."""
    lost = [module(path) for path in OURS if not place(module(path))]
    assert lost == ["integration"]


def test_imports_point_down() -> None:
    def up(path: Path) -> list[str]:
        return steps_up(module(path), read(path), package=path.name == "__init__.py")

    assert offenders(OURS, up) == []


def test_the_engine_knows_nothing_of_the_programs_around_it() -> None:
    around = {*APART, "proofs", "tests"}
    assert offenders(OURS, lambda path: roots(path) & around) == []


def test_only_the_settings_read_the_environment() -> None:
    others = [path for path in OURS if module(path) not in READS_ENVIRONMENT]
    assert offenders(others, lambda path: environment_reads(read(path))) == []


def test_only_keys_makes_redis_keys() -> None:
    others = [path for path in OURS if not module(path).startswith("integration.store.key")]
    assert offenders(others, lambda path: makes_keys(read(path))) == []


def test_lua_lies_in_files_of_its_own() -> None:
    """A script lies in a .lua file beside its module."""
    assert offenders(OURS, lambda path: holds_lua(read(path))) == []


PURE = files("integration/kernel", *EXTENSIONS)


def test_kernel_and_extensions_reach_the_network_through_ports_alone() -> None:
    """The kernel's ports give them what they need of it."""
    assert offenders(PURE, lambda path: roots(path) & NETWORK) == []


def test_sandbox_and_launch_stand_alone() -> None:
    def others(path: Path) -> set[str]:
        return roots(path) & ({*ENGINE, *APART} - {path.relative_to(ROOT).parts[0]})

    assert offenders(files(*APART), others) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    sources = {module(path): path for path in OURS}
    arrows: dict[str, set[str]] = {}
    for name, path in sources.items():
        whole = {each if each in sources else each.rpartition(".")[0] for each in used(path)}
        arrows[name] = (whole & sources.keys()) - {name}
    assert circle(arrows) == []


def test_files_are_short() -> None:
    def too_long(path: Path) -> int:
        lines = len(read(path).splitlines())
        return lines if lines > MOST_LINES else 0

    assert offenders([*EVERY_FILE, *LUA], too_long) == []


def test_files_open_with_what_they_are_for() -> None:
    assert offenders(EVERY_FILE, lambda path: not ast.get_docstring(parsed(read(path)))) == []
    assert offenders(LUA, lambda path: not read(path).startswith("-- ")) == []


def test_functions_are_short() -> None:
    limited = files(*ENGINE, *APART)
    assert offenders(limited, lambda path: long_functions(read(path))) == []


def test_a_script_lies_beside_a_module_that_runs_it() -> None:
    def alone(path: Path) -> bool:
        beside = [text for each in path.parent.glob("*.py") for text in texts(read(each))]
        return not {path.stem, path.name} & set(beside)

    assert offenders(LUA, alone) == []


def test_a_script_is_given_its_keys() -> None:
    assert offenders(LUA, lambda path: re.search(r"\bhl:", read(path))) == []
