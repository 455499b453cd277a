"""A change of what users have installed is seen, and the failure says what it means."""

from __future__ import annotations

import pytest

from integration import discovery
from tests.platforms import golden

WAS = {"same.json": b"1\n", "gone.json": b"2\n", "changed.json": b'"key": 1\n'}
NOW = {"same.json": b"1\n", "new.png": b"\x89PNG", "changed.json": b'"other": 1\n'}


@pytest.mark.parametrize("key", discovery.load().platforms)
def test_the_compiled_files_are_the_kept_ones(key: str) -> None:
    golden.assert_unchanged(key)


def test_each_kind_of_change_is_named_with_its_file() -> None:
    told = "\n".join(golden.differences(WAS, NOW))
    assert "same.json" not in told
    assert {"gone.json: gone", "new.png: new", "changed.json: changed"} <= set(told.splitlines())
    assert '-"key": 1\n+"other": 1' in told


def test_the_failure_says_what_a_renamed_key_means_and_how_to_go_on() -> None:
    told = golden.complaint("zapier", WAS, NOW)
    assert "everything that users built with it stops working" in told
    assert "python -m tests.platforms.golden zapier" in told
    assert "gone.json: gone" in told


def test_what_is_compiled_is_what_is_written_down() -> None:
    compiled = golden.compiled("zapier")
    assert compiled.keys() == golden.kept("zapier").keys()
    assert all(golden.BASE_URL.encode() in compiled[path] for path in ("app.json", "README.md"))
