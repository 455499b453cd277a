"""The house rules that no linter knows: arrows that point one way, sizes, who may touch what."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.layers import EXTENSIONS
from tests.architecture.reading import (
    APART,
    AROUND,
    ENGINE,
    EVERY_FILE,
    LUA,
    OURS,
    ROOT,
    arrows,
    files,
    module,
    parsed,
    place,
    read,
    roots,
)
from tests.architecture.rules import (
    circle,
    environment_reads,
    holds_lua,
    long_functions,
    makes_keys,
    offenders,
    private_of_others,
    second_values,
    steps_up,
    texts,
)

NETWORK = {"aiohttp", "flask", "redis", "requests", "rq"}
READS_ENVIRONMENT = {"integration.settings", "integration.runtime.gunicorn_conf"}
MOST_LINES = 250


def test_every_module_has_a_layer() -> None:
    """layers.py says what a module may use and who may use it."""
    lost = [module(path) for path in EVERY_FILE if not place(module(path))]
    assert lost == ["integration"]


def test_imports_point_down() -> None:
    def up(path: Path) -> list[str]:
        return steps_up(module(path), read(path), package=path.name == "__init__.py")

    assert offenders(EVERY_FILE, up) == []


def test_the_engine_knows_nothing_of_the_programs_around_it() -> None:
    around = {*APART, *AROUND}
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
    assert circle(arrows()) == []


def test_a_private_module_is_imported_by_its_own_room_alone() -> None:
    """Tests may look into a room; the modules of the tree may not."""
    modules = {module(path) for path in EVERY_FILE}

    def strangers(path: Path) -> list[str]:
        return private_of_others(module(path), read(path), modules)

    assert offenders(files(*ENGINE, *APART, "proofs"), strangers) == []


def test_files_are_short() -> None:
    def too_long(path: Path) -> int:
        lines = len(read(path).splitlines())
        return lines if lines > MOST_LINES else 0

    assert offenders([*EVERY_FILE, *LUA], too_long) == []


def test_files_open_with_what_they_are_for() -> None:
    assert offenders(EVERY_FILE, lambda path: not ast.get_docstring(parsed(read(path)))) == []
    assert offenders(LUA, lambda path: not read(path).startswith("-- ")) == []


def test_functions_are_short() -> None:
    assert offenders(EVERY_FILE, lambda path: long_functions(read(path))) == []


def test_no_name_of_a_module_is_given_twice() -> None:
    assert offenders(files(*ENGINE, *APART), lambda path: second_values(read(path))) == []


def test_a_script_lies_beside_a_module_that_runs_it_or_is_named_by_its_path() -> None:
    every = {text for each in EVERY_FILE for text in texts(read(each)) if "/" in text}

    def alone(path: Path) -> bool:
        beside = [text for each in path.parent.glob("*.py") for text in texts(read(each))]
        by_path = f"{path.parent.name}/{path.stem}" in every
        return not by_path and not {path.stem, path.name} & set(beside)

    assert offenders(LUA, alone) == []


def test_a_script_is_given_its_keys() -> None:
    assert offenders(LUA, lambda path: re.search(r"\bhl:", read(path))) == []
