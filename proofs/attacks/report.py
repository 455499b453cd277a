"""The report: what the attacks said, as rows of a table of docs/evidence.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from proofs.attacks.outcome import Outcome
from proofs.rig.page import EVIDENCE, fill_rows, stamp

HEAD = ("figure", "what must hold", "what was counted", "held", "when, code, size, seed")


def write(
    outcomes: Sequence[Outcome], *, short: bool, seed: int, of: str, page: Path = EVIDENCE
) -> None:
    """Put each figure's row into the page; the rows of others stay. `of` is the code that ran."""
    size = "short" if short else "long"
    rows = {each.figure: _row(each, stamp(of, size, seed)) for each in outcomes}
    fill_rows("attacks", HEAD, rows, page)


def _row(outcome: Outcome, when: str) -> list[str]:
    said = outcome.line.partition(": ")[2] or outcome.line
    return [outcome.goal, said, "yes" if outcome.passed else "**no**", when]
