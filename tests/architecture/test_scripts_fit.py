"""Every script's Lua code fits its declaration, by Lua's scopes; a misfit is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from inspect import Parameter
from inspect import Signature as Parameters
from typing import Any

import pytest

from integration.jobs.finish import FINISH
from integration.jobs.receipts import RECEIVE
from integration.store import keys
from integration.store.key import Key
from integration.store.script import Rows, Script
from integration.store.signature import ScriptError, Signature, signature_of
from tests.architecture.lua_names import names_of
from tests.architecture.reading import LUA, OURS, module, read
from tests.architecture.script_rules import misfits


def declaring(**kinds: Any) -> Any:
    """A declaration with these parameters and their types."""

    def SAMPLE() -> None:
        """A sample."""

    each = [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in kinds.items()
    ]
    vars(SAMPLE)["__signature__"] = Parameters(each)
    return SAMPLE


def declared() -> Iterator[Script[...]]:
    """Every script of the engine."""
    for path in OURS:
        if "script(" in read(path):
            every = vars(import_module(module(path))).values()
            yield from (each for each in every if isinstance(each, Script))


def refusal(lua: str, *names: str, **known: Key) -> str:
    return "; ".join(misfits(Signature(arguments=names), known, lua))


def free(*parts: str) -> set[str]:
    return set(names_of(parts).free)


def test_every_script_fits_its_declaration() -> None:
    found = {each.name: misfits(each.signature, each.known, each.body) for each in declared()}
    assert len(found) > len(LUA) / 2
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_misspelt_name_is_named_as_used_and_as_declared() -> None:
    assert refusal("return aa", "a") == (
        "uses aa, which nobody declares; declares a, which it does not use"
    )


def test_a_name_that_a_shared_function_has_as_a_parameter_must_still_be_declared() -> None:
    whole = FINISH.signature
    fewer = tuple(name for name in whole.arguments if name != "status")
    wrong = misfits(replace(whole, arguments=fewer), FINISH.known, FINISH.body)
    assert wrong == ["uses status where no local of this name is visible"]


def test_a_surplus_name_that_a_shared_function_has_as_a_parameter_is_refused() -> None:
    more = replace(RECEIVE.signature, arguments=(*RECEIVE.signature.arguments, "detail"))
    wrong = misfits(more, RECEIVE.known, RECEIVE.body)
    assert wrong == ["declares detail, which it does not use"]


def test_a_local_may_not_hide_a_declared_name() -> None:
    assert "hides a, which it declares" in refusal("local a = 5\nreturn a", "a")
    assert "hides a, which it declares" in refusal("for _, a in ipairs(a) do end", "a")
    assert "hides hook_key" in refusal("local function hook_key() end", hook_key=keys.hook)


def test_a_shared_function_may_call_its_parameters_by_declared_names() -> None:
    lua = "local function f(id) local due = id return due end\nreturn {f(id), due}"
    assert misfits(Signature(arguments=("id", "due")), {}, lua) == []


@pytest.mark.parametrize(
    "lua",
    [
        "local x = y\nlocal y = 1\nreturn x",
        "local function f() local y = 1 return y end\nreturn y",
        "if x then local y = 1 end return y",
        "if x then local y = 1 else return y end",
        "for y = 1, y do end",
        "for y in pairs(y) do end",
        "local y = y",
        "local y = {y\n, function() local y = 1 end}",
        "local f = function(y) end return y",
        "do local y end return y",
        "while y do local y = 1 end",
        "repeat local y = 1 until true return y",
        "y = 1",
        "function y() end",
        "return {y = y}",
        "return 'a'..y",
        "return KEYS[1], y",
    ],
)
def test_a_name_is_free_where_no_scope_around_it_declares_it(lua: str) -> None:
    assert "y" in free(lua)


@pytest.mark.parametrize(
    "lua",
    [
        "local y = 1 return y",
        "local y return y",
        "local x, y = f(1)\ny = 2",
        "local y = x and\n  z return y",
        "local y = function(...) return ... end\nreturn y",
        "local y = {x}\nif y then return end",
        "local y = 'a'; (y or x)()",
        "local function y() return y() end",
        "for x, y in pairs(t) do return y end",
        "for y = 1, 2 do return y end",
        "repeat local y = f() until y",
        "repeat repeat local y = f() until y until x",
        "local f = function(x, y) if x then return y end return y end",
        "return x.y, x:y(), {y = 1}, 'y', \"y\", [[y]], [=[ ]] y ]=] -- y",
        "--[[ y\n]] --[==[ ]] y\n]==]\nreturn 1e5",
    ],
)
def test_a_name_is_not_free_in_the_scope_that_declares_it(lua: str) -> None:
    assert "y" not in free(lua)


def test_a_part_sees_the_locals_of_the_parts_before_it() -> None:
    assert free("local x = 1\nlocal function f(z) end", "return x, f, z, string") == {"z"}
    assert free("return x", "local x = 1") == {"x"}


def test_positions_are_refused() -> None:
    assert "uses KEYS, which nobody declares" in refusal("return KEYS[1]")


@pytest.mark.parametrize(
    ("call", "given"), [("'a', 'b'", 2), ("", 0), ("f(1, 2), {3, 4}", 2), ("f('a, b'), g", 2)]
)
def test_the_function_of_a_key_is_called_with_the_parts_of_the_key(call: str, given: int) -> None:
    lua = f"local f, g return job_key({call})"
    assert refusal(lua, job_key=keys.job).endswith(f"calls job_key(job) with {given} parts")


def test_the_function_of_a_key_may_be_called_with_what_a_call_gives() -> None:
    assert refusal("local f return job_key(f(1, 2))", job_key=keys.job) == ""


@pytest.mark.parametrize("name", ["redis", "repeat"])
def test_a_name_of_lua_cannot_be_declared(name: str) -> None:
    assert f"declares {name}, which is a name of Lua" in refusal("return redis", name)


@pytest.mark.parametrize("lua", ["if x then", "return 1 end", "local f = {"])
def test_a_block_that_does_not_close_is_refused(lua: str) -> None:
    assert refusal(lua).startswith("cannot be read: ")


@pytest.mark.parametrize("kind", [str | None, bool, list[str], int | str, Rows[int | str]])
def test_a_parameter_of_another_type_is_refused(kind: Any) -> None:
    with pytest.raises(ScriptError, match="SAMPLE: a is of type"):
        signature_of(declaring(a=kind))
