"""The report: what the attacks said, as a table between two marks of docs/evidence.md."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from attacks.outcome import Outcome

PAGE = Path(__file__).parent.parent / "docs" / "evidence.md"
BEGIN, END = "<!-- attacks -->", "<!-- /attacks -->"
PACKAGES = ("aiohttp", "Flask", "gevent", "gunicorn", "redis", "requests", "rq", "Werkzeug")


def section(outcomes: Sequence[Outcome], *, short: bool, seed: int) -> str:
    """The section in Markdown: how it was run, then a row for each figure."""
    size = "the short version" if short else "the long version"
    day = datetime.now(UTC).date().isoformat()
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        f"`python -m attacks{' --short' if short else ''} --seed {seed}` ({size}) on {day},",
        f"Python {platform.python_version()} on {sys.platform}, {used}.",
        "",
        "| figure | what must hold | what was counted | held |",
        "|---|---|---|---|",
        *(_row(each) for each in outcomes),
    ]
    return "\n".join(lines)


def write(text: str, page: Path = PAGE) -> None:
    """Put `text` between the marks, which are added at the end where there are none."""
    before = page.read_text(encoding="utf-8") if page.exists() else "# Evidence\n"
    head, mark, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    start = head if mark else f"{head.rstrip()}\n\n"
    page.write_text(f"{start}{BEGIN}\n{text}\n{END}{tail or chr(10)}", encoding="utf-8")


def _row(outcome: Outcome) -> str:
    said = outcome.line.partition(": ")[2] or outcome.line
    held = "yes" if outcome.passed else "**no**"
    cells = (outcome.figure, outcome.goal, said, held)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
