"""Scripts whose keys and arguments have names: what is declared is what the Lua code uses."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack

import pytest

from integration.store import keys
from integration.store.script import (
    Rest,
    Rows,
    Script,
    script,
)


class Shared(TypedDict):
    wake_list: str
    changed_at: str


class Pair(NamedTuple):
    name: str
    value: str


@pytest.fixture
def declared(tmp_path: Path) -> Script[...]:
    @script(str(tmp_path / "take"))
    def TAKE(*, due: str, now: int, ids: Rest) -> None:
        """Take some."""

    return TAKE


@pytest.fixture(autouse=True)
def lua(tmp_path: Path) -> None:
    (tmp_path / "take.lua").write_text("return redis.call('ZADD', due, now, ids[1])\n")


def test_a_call_puts_each_name_in_its_place(declared: Script[...]) -> None:
    call = declared(due="hl:jobs:due", now=7, ids=["a", "b"])
    assert call.by_hash()[2:] == (0, "hl:jobs:due", 7, "a", "b")


def test_the_header_makes_numbers_of_numbers(declared: Script[...]) -> None:
    assert declared.source.splitlines()[:2] == [
        "local due, now = ARGV[1], tonumber(ARGV[2])",
        "local ids = {} for n = 3, #ARGV do ids[#ids + 1] = ARGV[n] end",
    ]


@pytest.mark.parametrize(
    "given", [{"due": "k", "ids": []}, {"due": "k", "now": 1, "ids": [], "id": 2}]
)
def test_a_missing_or_surplus_name_is_refused(
    declared: Script[...], given: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match="TAKE is called with other names"):
        declared(**given)


def test_names_that_scripts_share_are_declared_once(tmp_path: Path) -> None:
    (tmp_path / "tell.lua").write_text("return {job, wake_list, changed_at}\n")

    @script(str(tmp_path / "tell"))
    def TELL(*, job: str, **shared: Unpack[Shared]) -> None:
        """Tell."""

    shared = Shared(wake_list="hl:wake", changed_at="now")
    assert TELL(job="j", **shared).by_hash()[2:] == (0, "j", "hl:wake", "now")


def test_a_row_has_names_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "set.lua").write_text("return {pairs_given[1].name, pairs_given[1].value}\n")

    @script(str(tmp_path / "set"))
    def SET(*, pairs_given: Rows[Pair]) -> None:
        """Set."""

    call = SET(pairs_given=[Pair("a", "1"), Pair("b", "2")])
    assert call.by_hash()[2:] == (0, "a", "1", "b", "2")
    assert SET.source.splitlines()[0] == (
        "local pairs_given = {} for n = 1, #ARGV, 2 do"
        " pairs_given[#pairs_given + 1] = {name = ARGV[n + 0], value = ARGV[n + 1]} end"
    )


def test_a_script_builds_the_names_of_keys_by_their_functions() -> None:
    assert keys.hook_due.lua() == (
        "local function hook_due_key(hook) return 'hl:hook:' .. hook .. ':due' end"
    )
    assert keys.inbox("w1", "message") == "hl:ws:{w1}:inbox:message"
