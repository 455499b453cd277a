"""Ordinary life: a figure for each fault that was seen, in two sizes."""

from __future__ import annotations

from proofs.chaos.figures import FIGURES

ROWS = 17
"""Faults of ordinary life that a running service once showed, each of them a figure."""


def test_each_fault_of_ordinary_life_has_a_figure_in_two_sizes() -> None:
    figures = [each for each in FIGURES if each.key.startswith("w")]
    assert [each.key for each in figures] == [f"w{number}" for number in range(1, ROWS + 1)]
    assert [each.key for each in figures if each.short == each.long] == []
    assert FIGURES[-1].key == "f14"
