"""`python -m proofs.bench.without WAY`: the goals with a way of our own and without it, in turns.

A way is a patch beside this file, which puts the ordinary way in its place. Both run in copies of
the checkout. A way that gains less than a tenth of every goal is not worth its lines (ADR 6).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from proofs.rig import checkout
from proofs.rig.planted import apply

WAYS = {each.stem: each for each in Path(__file__).parent.glob("*.patch")}
VERDICT = re.compile(r"(?m)^  (?:reached|missed): (.+): median (\S+) of .*; wanted (>=|<=) ")
WORTH = 0.10
Values = Mapping[str, Sequence[float]]
"""What a goal came to in each round; a goal begins with its bound, `>=` or `<=`."""


def main() -> int:
    options = _options()
    checkout.end_cleanly()
    with_it: dict[str, list[float]] = defaultdict(list)
    without: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as copies:
        ours, plain = (copies.enter_context(checkout.copied()) for _ in range(2))
        if objection := apply(WAYS[options.way], plain):
            print(f"{options.way}: the patch does not fit the code: {objection}")
            return 1
        for number in range(options.rounds):
            turns = [(ours, with_it), (plain, without)]
            for folder, values in turns if number % 2 else reversed(turns):
                for goal, value in _measured(folder, options.only, options.scale).items():
                    values[goal].append(value)
            print(f"round {number + 1} of {options.rounds} is measured", flush=True)
    print("\n".join(compared(options.way, with_it, without)))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.bench.without", description=__doc__)
    parser.add_argument("way", choices=sorted(WAYS))
    parser.add_argument("--only", default="p1,p2,p3", help="legs of the bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    return parser.parse_args()


def _measured(folder: Path, legs: str, scale: float) -> dict[str, float]:
    """One round of the bench there. It exits with 1 where a goal is missed, which is no failure."""
    program = [sys.executable, "-m", "proofs.bench", "--only", legs, "--rounds", "1"]
    command = [*program, "--scale", str(scale)]
    code, output = checkout.run(command, folder, None, stdout=subprocess.PIPE)
    found = read(output)
    if code not in (0, 1) or not found:
        raise RuntimeError(f"The bench measured nothing; it printed: {output}")
    return found


def read(output: str) -> dict[str, float]:
    """The value of each goal in what the bench printed."""
    return {f"{bound} {goal}": float(value) for goal, value, bound in VERDICT.findall(output)}


def compared(way: str, with_it: Values, without: Values) -> list[str]:
    """A Markdown table: each goal's median with the way and without it, and what the way gains."""
    lines = [f"| goal | with {way} | without | gain |", "|---|---|---|---|"]
    gains = []
    for goal in with_it:
        if goal in without:
            ours, plain = median(with_it[goal]), median(without[goal])
            gains.append((plain / ours if goal.startswith("<=") else ours / plain) - 1)
            lines.append(f"| {goal[3:]} | {ours:.3g} | {plain:.3g} | {gains[-1]:+.0%} |")
    word = "pays for itself" if max(gains, default=0.0) >= WORTH else "buys no tenth of any goal"
    return [*lines, f"{way}: it {word}."]


if __name__ == "__main__":
    sys.exit(main())
