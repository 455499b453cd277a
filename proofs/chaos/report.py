"""The report: one line for the run, one for each figure, and the page in docs/evidence.md."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import psutil

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
HEAD = ("figure", "goal", "measured", "reached", "when, code, seed")
Measured = tuple[Figure, Result]


def versions(arena: Arena) -> str:
    server = arena.db.info("server")
    name = "Valkey" if "valkey_version" in server else "Redis"
    number = server.get("valkey_version") or server["redis_version"]
    packages = " ".join(f"{each} {version(each)}" for each in ("rq", "redis", "gunicorn", "gevent"))
    return f"Python {python_version()}, {name} {number}, {packages}"


def summary(results: Sequence[Result], seed: int, shown_versions: str) -> str:
    """The line that everything comes down to."""

    def total(name: str) -> int:
        return sum(int(getattr(each, name)) for each in results)

    listed = "all listed" if not total("lost") else "not all listed"
    slowest = max((each.recovery for each in results), default=0.0)
    return (
        f"{total('accepted'):,} accepted, {total('kills'):,} kills,"
        f" {total('store_kills'):,} Redis kills, {total('bad_inputs'):,} bad inputs;"
        f" lost {total('lost')}, sent twice {total('sent_twice')},"
        f" unknown {total('unknown')} ({listed}), slowest recovery {slowest:.1f} s"
        f" (seed {seed}, {shown_versions})"
    )


def line(figure: Figure, result: Result) -> str:
    reached = "reached" if not result.misses else f"MISSED: {'; '.join(result.misses)}"
    return f"{figure.key.upper()}: {result.measured}. {reached}"


def code(root: Path = PAGE.parent.parent) -> str:
    """The commit of a checkout, with a + where tracked files beside the documents were changed: a
    row says which code it is of, also when newer rows stand around it."""
    try:
        commit = _git(root, "rev-parse", "--short", "HEAD")
        changed = _git(root, "status", "--porcelain", "-uno", "--", ":!docs")
    except (OSError, subprocess.CalledProcessError):
        return "no commit"
    return f"{commit}{'+' if changed else ''}"


def _git(root: Path, *words: str) -> str:
    found = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return found.stdout.strip()


def stamp(*facts: object) -> str:
    """When a row was made, and what else tells it from the next one."""
    return ", ".join(map(str, [datetime.now(UTC).date().isoformat(), *facts]))


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB memory"


def write(
    results: Sequence[Measured],
    seed: int,
    shown_versions: str,
    command: str,
    page: Path = PAGE,
    of: str = "",
) -> None:
    """Put the run's line and its figures' rows between the page's marks; other rows stay. `of` is
    the code that ran."""
    text = page.read_text(encoding="utf-8")
    head = f"> {summary([each for _, each in results], seed, shown_versions)}\n\n"
    head += f"{stamp(of)}, `{command}`, on {machine()}."
    text = _between(text, "last run", head)
    page.write_text(text, encoding="utf-8")
    when = stamp(of, seed)
    rows = {each.key.upper(): _row(each, result, when) for each, result in results}
    fill_rows("figures", HEAD, rows, page)


def fill_rows(
    name: str, head: Sequence[str], rows: dict[str, Sequence[str]], page: Path = PAGE
) -> None:
    """Replace the rows of a table by their first cell, add new ones, and leave the others."""
    text = page.read_text(encoding="utf-8")
    known = {row.split(" | ")[0][2:]: row for row in _old_rows(text, name)}
    known |= {key: _cells([key, *cells]) for key, cells in rows.items()}
    table = [_cells(head), "|---" * len(head) + "|"]
    table += [known[key] for key in sorted(known, key=_order)]
    page.write_text(_between(text, name, "\n".join(table)), encoding="utf-8")


def _row(figure: Figure, result: Result, when: str) -> list[str]:
    reached = "yes" if not result.misses else f"**no**: {'; '.join(result.misses)}"
    return [figure.goal, result.measured, reached, when]


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"


def _old_rows(text: str, name: str) -> list[str]:
    begin, end = _marks(name)
    found = text.partition(begin)[2].partition(end)[0]
    return [line for line in found.splitlines() if line.startswith("| ")][1:]


def _order(key: str) -> tuple[int, str]:
    """F2 before F10."""
    return int("".join(filter(str.isdigit, key)) or 0), key


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- chaos: {name} -->", f"<!-- chaos: end of {name} -->"


def _between(text: str, name: str, content: str) -> str:
    begin, end = _marks(name)
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"The page of evidence has no place marked {begin} … {end}.")
    return f"{before}{begin}\n{content}\n{end}{after}"
