"""Scripts whose keys and arguments have names: what is declared is what the Lua code uses."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack

import pytest

from integration.store import lifetimes
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


@pytest.mark.parametrize(
    ("lua", "written"),
    [
        ("return hook_due_key(of_hook)", "return ('hl:hook:' .. (of_hook) .. ':due')"),
        ("return job_key(ids[1].id)", "return ('hl:job:' .. (ids[1].id))"),
        (
            "return day_key(of, string.sub(at, 1, 10))",
            "return ('hl:ws:{' .. (of) .. '}:day:' .. (string.sub(at, 1, 10)))",
        ),
        (
            "return job_key(redis.call('GET', past)), LANE_SECONDS",
            f"return ('hl:job:' .. (redis.call('GET', ('hl:past')))), {lifetimes.LANE_SECONDS}",
        ),
        ("return past == at, {past = 1}", "return ('hl:past') == at, {past = 1}"),
        ("return at.past, 'past', \"past\" -- past", "return at.past, 'past', \"past\" -- past"),
    ],
)
def test_what_the_code_may_name_is_written_in_the_place_of_its_name(
    tmp_path: Path, lua: str, written: str
) -> None:
    (tmp_path / "name.lua").write_text(lua)

    @script(str(tmp_path / "name"))
    def NAME() -> None:
        """Name keys."""

    assert NAME.source == written


def test_a_key_with_surplus_parts_is_refused_where_the_script_is_declared(tmp_path: Path) -> None:
    (tmp_path / "name.lua").write_text("return hook_due_key(of_hook, at)")
    with pytest.raises(TypeError, match=r"hook_due\(hook\) is called with 2 parts"):

        @script(str(tmp_path / "name"))
        def NAME() -> None:
            """Name keys."""
