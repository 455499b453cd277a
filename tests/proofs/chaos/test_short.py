"""The proving ground in small: the smallest sizes that still can fail, and `--short` as a proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from proofs.chaos import report
from proofs.chaos.__main__ import run
from proofs.chaos.figure import Figure
from proofs.chaos.figures import FIGURES

BUSY = 6.0
"""Goals that are times may take so many times as long: other tests run beside these."""
SMALLEST: dict[str, dict[str, Any]] = {
    "f1": {"kills": 4, "sends": 50, "inbound": 4.0},
    "f2": {"kills": 2},
    "f3": {"kills": 2},
    "f4": {"away": (1,), "stopped": ()},
    "f7": {"sends": 15, "blackout": 2},
    "f13": {"dead": 10},
}
"""The others need minutes, or a machine with nothing else to do: `make chaos-short` has them."""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_is_lost_and_nothing_is_sent_twice_whatever_dies() -> None:
    chosen = [each for each in FIGURES if each.key in SMALLEST]
    sizes = {each.key: replace(each.short, **SMALLEST[each.key]) for each in chosen}
    holds(chosen, sizes, BUSY)


@pytest.mark.proof
@pytest.mark.timeout(2400)
def test_every_figure_holds_in_its_short_size() -> None:
    chosen = [each for each in FIGURES if each.key.startswith("f")]
    holds(chosen, {each.key: each.short for each in chosen}, 1.0)


def holds(chosen: Sequence[Figure], sizes: dict[str, Any], slack: float) -> None:
    results, versions = run(chosen, sizes, seed=1, together=True, keep=False, slack=slack)
    print(report.summary([result for _, result in results], 1, versions))
    missed = [report.line(figure, result) for figure, result in results if result.misses]
    assert not missed, "\n".join(missed)
