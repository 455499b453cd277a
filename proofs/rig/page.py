"""The pages that runs fill: the text between two marks, the rows of a table, and a row's origin."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from proofs.rig.sandbox import ROOT

EVIDENCE = ROOT / "docs" / "evidence.md"


def placed(text: str, kind: str, name: str, content: str) -> str:
    """`text` with `content` between the marks of this name; raises ValueError without them."""
    begin, end = _marks(kind, name)
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"The page has no place marked {begin} … {end}.")
    return f"{before}{begin}\n{content}\n{end}{after}"


def put(page: Path, kind: str, name: str, content: str) -> None:
    """Write `content` between the marks of a page and leave the rest as it is."""
    text = page.read_text(encoding="utf-8")
    page.write_text(placed(text, kind, name, content), encoding="utf-8")


def fill_rows(
    name: str, head: Sequence[str], rows: Mapping[str, Sequence[str]], page: Path = EVIDENCE
) -> None:
    """Replace the rows of a table by their first cell, add new ones, and leave the others."""
    begin, end = _marks("chaos", name)
    old = page.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]
    lines = [line for line in old.splitlines() if line.startswith("| ")][1:]
    known = {line.split(" | ")[0][2:]: line for line in lines}
    known |= {key: _cells([key, *cells]) for key, cells in rows.items()}
    table = [_cells(head), "|---" * len(head) + "|"]
    table += [known[key] for key in sorted(known, key=_order)]
    put(page, "chaos", name, "\n".join(table))


def code(root: Path = ROOT) -> str:
    """The commit of a checkout, with a + where tracked files beside the documents were changed.

    A row names the code that it measured, also when newer rows stand around it.
    """
    try:
        commit = _git(root, "rev-parse", "--short", "HEAD")
        changed = _git(root, "status", "--porcelain", "-uno", "--", ":!docs")
    except (OSError, subprocess.CalledProcessError):
        return "no commit"
    return f"{commit}{'+' if changed else ''}"


def stamp(*facts: object) -> str:
    """The day, and the facts that tell this row from the next one."""
    return ", ".join(map(str, [datetime.now(UTC).date().isoformat(), *facts]))


def machine() -> str:
    """The machine in one line."""
    model = "an unnamed processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = psutil.virtual_memory().total / 2**30
    system = f"{os.uname().sysname} {os.uname().release}"
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {system}"


def _git(root: Path, *words: str) -> str:
    found = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return found.stdout.strip()


def _marks(kind: str, name: str) -> tuple[str, str]:
    return f"<!-- {kind}: {name} -->", f"<!-- {kind}: end of {name} -->"


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"


def _order(key: str) -> tuple[str, int, str]:
    """F2 before F10, and F10 before W1."""
    number = int("".join(filter(str.isdigit, key)) or 0)
    return (key[0] if number else "", number, key)
