"""Ordinary life: a figure for each fault that was seen, in two sizes."""

from __future__ import annotations

import pytest

from proofs.chaos.figures import FIGURES
from tests.proofs.chaos.test_short import BUSY, holds

ROWS = 17
"""Faults of ordinary life that a running service once showed, each of them a figure."""
LIFE = [each for each in FIGURES if each.key.startswith("w")]
SHARES = 4
"""Each is run by itself, beside the others: figures wait for most of their time."""


def test_each_fault_of_ordinary_life_has_a_figure_in_two_sizes() -> None:
    assert [each.key for each in LIFE] == [f"w{number}" for number in range(1, ROWS + 1)]
    assert [each.key for each in LIFE if each.short == each.long] == []
    assert FIGURES[-1].key == "f14"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("share", range(SHARES))
def test_ordinary_life_holds_up_nobody_and_doubles_nothing(share: int) -> None:
    chosen = LIFE[share::SHARES]
    holds(chosen, {each.key: each.short for each in chosen}, BUSY)
