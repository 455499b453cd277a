"""Ordinary life: a figure for each fault that was seen, in two sizes; those that hold stay held."""

from __future__ import annotations

import pytest

from proofs.chaos.figures import FIGURES
from tests.proofs.chaos.test_short import BUSY, holds

ROWS = 17
"""Faults of ordinary life that a running service once showed, each of them a figure."""
HELD = (
    "w1",
    "w2",
    "w3",
    "w4",
    "w5",
    "w6",
    "w7",
    "w8",
    "w9",
    "w10",
    "w11",
    "w12",
    "w13",
    "w14",
    "w15",
    "w16",
)
"""Grows with the mechanisms, until all are in it."""


def test_each_fault_of_ordinary_life_has_a_figure_in_two_sizes() -> None:
    figures = [each for each in FIGURES if each.key.startswith("w")]
    assert [each.key for each in figures] == [f"w{number}" for number in range(1, ROWS + 1)]
    assert [each.key for each in figures if each.short == each.long] == []
    assert FIGURES[-1].key == "f14"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ordinary_life_holds_up_nobody_and_doubles_nothing() -> None:
    chosen = [each for each in FIGURES if each.key in HELD]
    assert [each.key for each in chosen] == list(HELD)
    holds(chosen, {each.key: each.short for each in chosen}, BUSY)
