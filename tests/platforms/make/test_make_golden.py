"""The kept files are what users have deployed; a name that moves breaks their scenarios."""

from __future__ import annotations

from tests.platforms import golden


def test_the_compiled_app_is_the_kept_one() -> None:
    golden.assert_unchanged("make")
