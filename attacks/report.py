"""The report: what the attacks said, as rows of a table of docs/evidence.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from attacks.outcome import Outcome
from chaos.report import PAGE, fill_rows

HEAD = ("figure", "what must hold", "what was counted", "held", "when, size, seed")
PLANTED = ("planted", "figure", "what the figure said", "caught", "when")


def write(outcomes: Sequence[Outcome], *, short: bool, seed: int, page: Path = PAGE) -> None:
    """Put each figure's row into the page; the rows of others stay."""
    size = "short" if short else "long"
    rows = {each.figure: _row(each, f"{_today()}, {size}, {seed}") for each in outcomes}
    fill_rows("attacks", HEAD, rows, page)


def write_planted(trials: Sequence[tuple[str, str, str, bool]], page: Path = PAGE) -> None:
    """The same for faults planted: name, figure, what it said, whether it was caught."""
    rows = {
        fault: [figure, said, "yes" if caught else "**no**", _today()]
        for fault, figure, said, caught in trials
    }
    fill_rows("attacks planted", PLANTED, rows, page)


def _row(outcome: Outcome, when: str) -> list[str]:
    said = outcome.line.partition(": ")[2] or outcome.line
    return [outcome.goal, said, "yes" if outcome.passed else "**no**", when]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
