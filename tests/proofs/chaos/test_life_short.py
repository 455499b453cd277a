"""Ordinary life in small: the figures W1 to W17 that the service holds so far, in one arena."""

from __future__ import annotations

import pytest

from proofs.chaos.figures import FIGURES
from tests.proofs.chaos.test_short import holds

HELD: tuple[str, ...] = ()
"""Grows with the mechanisms; the others are run by hand until they hold."""


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_every_figure_of_ordinary_life_holds_in_its_short_size() -> None:
    chosen = [each for each in FIGURES if each.key in HELD]
    assert len(chosen) == len(HELD)
    if chosen:
        holds(chosen, {each.key: each.short for each in chosen}, 2.0)
