"""Planted patches: each breaks the service in a copy, where a figure must then fail."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proofs.rig import checkout, page

LIMIT_SECONDS = 1200
PATCH = ("patch", "--strip=1", "--fuzz=0", "--batch", "--silent", "--forward")


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A fault and its figure, which Python runs with `command`.

    `caught` is a pattern in the figure's line, such as `[1-9]\\d* sent twice`.
    """

    name: str
    figure: str
    patch: Path
    command: Sequence[str]
    breaks: str = ""
    caught: str = ""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The faults of one program. `broken` opens a figure's report of what it missed."""

    program: str
    planted: Sequence[Planted]
    broken: str
    table: str
    head: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`said` lists what the figure missed; `output` holds all that it printed."""

    planted: Planted
    caught: bool
    said: str
    output: str


def apply(patch: Path, root: Path) -> str:
    """Patch the tree under `root`; returns what `patch` objects to, "" where it fits."""
    with patch.open("rb") as text:
        done = subprocess.run(PATCH, cwd=root, stdin=text, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() or "refused" if done.returncode else ""


def main(suite: Suite) -> int:
    """0 when every fault was caught; a run that breaks off without a verdict catches nothing."""
    options = _options(suite.program)
    checkout.end_cleanly()
    code = page.code()
    chosen = [each for each in suite.planted if _named(each, options.names)]
    trials = []
    for planted in chosen:
        trials.append(_tried(suite, planted, options.seed))
        _tell(trials[-1])
    caught = sum(each.caught for each in trials)
    print(f"{len(trials)} faults planted, {caught} caught")
    if options.write:
        rows = {each.planted.name: _row(each, page.stamp(code)) for each in trials}
        page.fill_rows(suite.table, suite.head, rows, options.page)
    return 0 if trials and caught == len(trials) else 1


def _options(program: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {program}")
    parser.add_argument("names", nargs="*", help="parts of the names to plant; none means all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the catches into the page")
    parser.add_argument("--page", type=Path, default=page.EVIDENCE, help="(docs/evidence.md)")
    return parser.parse_args()


def _named(planted: Planted, names: Sequence[str]) -> bool:
    return not names or any(name in planted.patch.stem for name in names)


def _tried(suite: Suite, planted: Planted, seed: int) -> Trial:
    with checkout.copied() as copy:
        if objection := apply(planted.patch, copy):
            said = "the patch does not fit the code any more"
            return Trial(planted=planted, caught=False, said=said, output=objection)
        code, output = checkout.run(
            [sys.executable, "-m", *planted.command, "--seed", str(seed)],
            copy,
            LIMIT_SECONDS,
            # The logs end with the copy: that a broken service fails is no evidence to keep.
            env={**os.environ, "TMPDIR": str(copy.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    line = next((line for line in output.splitlines() if suite.broken in line), "")
    said = re.sub(r" \(took \d+ s\)$", "", line.partition(suite.broken)[2])
    caught = code == 1 and bool(line and re.search(planted.caught, said))
    return Trial(planted=planted, caught=caught, said=said, output=output)


def _tell(trial: Trial) -> None:
    planted = trial.planted
    word = "caught" if trial.caught else "ESCAPED"
    print(": ".join(filter(None, [planted.name, planted.breaks, word, trial.said])), flush=True)
    if not trial.caught:
        print("".join(f"    {line}\n" for line in trial.output.splitlines()), flush=True)


def _row(trial: Trial, when: str) -> list[str]:
    planted, caught = trial.planted, "yes" if trial.caught else "**no**"
    cells = [planted.figure, trial.said, caught, when]
    return [planted.breaks, *cells] if planted.breaks else cells
