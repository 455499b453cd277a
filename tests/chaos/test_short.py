"""The proving ground in small: every figure with some kills of each kind."""

from __future__ import annotations

import pytest

from chaos import report
from chaos.__main__ import run
from chaos.figures import FIGURES


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_nothing_is_lost_and_nothing_is_sent_twice_whatever_dies() -> None:
    sizes = {each.key: each.short for each in FIGURES}
    results, versions = run(FIGURES, sizes, seed=1, together=True, keep=False)
    print(report.summary([result for _, result in results], 1, versions))
    missed = [report.line(figure, result) for figure, result in results if result.misses]
    assert not missed, "\n".join(missed)
