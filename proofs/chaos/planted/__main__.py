"""`python -m proofs.chaos.planted`: plant each fault in a copy and see the proof fail.

Every `.patch` beside this file opens with lines of what it breaks and how it is caught:

    breaks: what the service no longer does
    figure: f1
    sizes: f1.kills=10 f1.sends=150
    caught: a word that the report has to hold
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proofs.chaos import checkout, report

HERE = Path(__file__).resolve().parent
LIMIT_SECONDS = 900
HEAD = ("planted", "what it breaks", "figure", "what the figure said", "caught", "when, code")


@dataclass(frozen=True, kw_only=True)
class Planted:
    """`caught` is a pattern in the figure's line, such as `[1-9]\\d* sent twice`."""

    name: str
    breaks: str
    figure: str
    sizes: Sequence[str]
    caught: str
    patch: Path


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`missed` are the goals that the figure says it missed; `caught` that these are the ones."""

    planted: Planted
    caught: bool
    missed: str
    report: str


def read(patch: Path) -> Planted:
    head = dict(
        re.findall(r"^(breaks|figure|sizes|caught): (.*)$", patch.read_text(), re.MULTILINE)
    )
    return Planted(
        name=patch.stem,
        breaks=head["breaks"],
        figure=head["figure"],
        sizes=head.get("sizes", "").split(),
        caught=head["caught"],
        patch=patch,
    )


def every() -> list[Planted]:
    return [read(path) for path in sorted(HERE.glob("*.patch"))]


def apply(planted: Planted, root: Path) -> None:
    """Raises CalledProcessError when the patch does not fit the code any more."""
    with planted.patch.open("rb") as patch:
        command = ["patch", "--strip=1", "--batch", "--silent", "--forward"]
        subprocess.run(command, cwd=root, stdin=patch, check=True)


def try_one(planted: Planted, seed: int) -> Trial:
    with checkout.copied() as copy:
        apply(planted, copy)
        sizes = [part for size in planted.sizes for part in ("--set", size)]
        command = [
            sys.executable,
            "-m",
            "proofs.chaos",
            "--here",
            "--short",
            "--only",
            planted.figure,
        ]
        _, output = checkout.run(
            [*command, "--seed", str(seed), *sizes],
            copy,
            LIMIT_SECONDS,
            # The logs go with the copy: that a broken service fails is no evidence to keep.
            env={**os.environ, "TMPDIR": str(copy.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    told = next((line for line in output.splitlines() if "MISSED" in line), "")
    missed = re.sub(r" \(took \d+ s\)$", "", told.partition("MISSED: ")[2])
    caught = bool(re.search(planted.caught, missed))
    return Trial(planted=planted, caught=caught, missed=missed, report=output)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos.planted")
    parser.add_argument("names", nargs="*", help="of the faults to plant; all when none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put them into docs/evidence.md")
    options = parser.parse_args()
    checkout.end_cleanly()
    code = report.code()
    chosen = [each for each in every() if each.name in options.names or not options.names]
    trials = []
    for planted in chosen:
        trials.append(try_one(planted, options.seed))
        _tell(trials[-1])
    if options.write:
        when = report.stamp(code)
        report.fill_rows("planted", HEAD, {each.planted.name: _row(each, when) for each in trials})
    sys.exit(not all(each.caught for each in trials))


def _tell(trial: Trial) -> None:
    word = "caught" if trial.caught else "ESCAPED"
    print(f"{trial.planted.name}: {trial.planted.breaks}: {word}: {trial.missed}", flush=True)
    if not trial.caught:
        print("".join(f"    {line}\n" for line in trial.report.splitlines()), flush=True)


def _row(trial: Trial, when: str) -> list[str]:
    planted = trial.planted
    caught = "yes" if trial.caught else "**no**"
    return [planted.breaks, planted.figure.upper(), trial.missed, caught, when]


if __name__ == "__main__":
    main()
