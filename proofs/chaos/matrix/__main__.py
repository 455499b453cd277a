"""`python -m proofs.chaos.matrix`: every provider through what concerns sending and receiving."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from proofs.chaos.arena import Arena, arena
from proofs.chaos.matrix.kits import KITS, Kit
from proofs.chaos.matrix.trials import TRIALS, Trial
from proofs.rig import checkout, page

LEAPS = 40
"""Each of twenty seconds: a provider that does not answer ten times is asked after pauses of up to
five minutes."""
AT_ONCE = 8
HEAD = ("provider", "a lost answer is settled by", *(each.title for each in TRIALS), "when, code")


def main() -> int:
    options = _options()
    checkout.end_cleanly()
    if not options.here:
        return _elsewhere(options)
    kits = [each for each in KITS if options.only in each.name.lower()]
    with arena(Arena, keep=options.keep, slack=options.slack) as running:
        trials = run(running, kits, options.size, options.seed)
        if missed := [each for each in trials if each.misses]:
            running.keep()
    for each in missed:
        print(f"MISSED {each.kit.name}, {each.title}: {'; '.join(each.misses)}")
        print(*(f"    {story}" for story in each.stories), sep="\n")
    told = f"{len(kits)} ways to a provider, {len(trials)} trials, {len(missed)} missed"
    print(f"MATRIX: {told} (seed {options.seed})")
    if options.write:
        when = page.stamp(options.code, options.seed)
        rows = {each.name: [*_row(each, trials), when] for each in kits}
        page.fill_rows("matrix", HEAD, rows, options.page)
    return int(bool(missed))


def run(running: Arena, kits: Sequence[Kit], size: int, seed: int) -> list[Trial]:
    """Every trial of every kit, all at once; each is judged once all jobs have settled."""
    trials = [
        kind(running, kit, seed, size) for kit in kits for kind in TRIALS if kind.concerns(kit)
    ]
    with ThreadPoolExecutor(AT_ONCE) as hands:
        list(hands.map(lambda each: each.begin(), trials))
    with ThreadPoolExecutor(len(trials)) as hands:
        list(hands.map(lambda each: each.wait(), trials))
    _settle(trials)
    for each in trials:
        each.told = each.judged()
        print(f"{each.kit.name}, {each.title}: {each.told}", flush=True)
    return trials


def _settle(trials: Sequence[Trial]) -> None:
    """Let the time pass in which calls without an answer may still take effect."""
    for _ in range(LEAPS):
        if not any(
            job.open for each in trials for world in each.worlds for job in each.jobs(world)
        ):
            return
        trials[0].leap()


def _row(kit: Kit, trials: Sequence[Trial]) -> list[str]:
    """What its row of the matrix says."""
    cells = [kit.settles or "nothing: it ends `unknown`, and a receipt settles it"]
    for kind in TRIALS:
        found = next((each for each in trials if each.kit is kit and type(each) is kind), None)
        cells.append(_cell(found) if found else "–")
    return cells


def _cell(trial: Trial) -> str:
    missed = f": **missed**: {'; '.join(trial.misses)}" if trial.misses else ""
    return trial.told + missed


def _elsewhere(options: argparse.Namespace) -> int:
    """Run in a copy of the checkout; the page is the one out here."""
    with checkout.copied() as copy:
        place = ["--here", "--code", page.code(), "--page", str(options.page.resolve())]
        command = [sys.executable, "-m", "proofs.chaos.matrix", *sys.argv[1:], *place]
        return checkout.run(command, copy, None)[0]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos.matrix", description=__doc__)
    parser.add_argument("--size", type=int, default=10, help="texts of each trial (10)")
    parser.add_argument("--only", type=str.lower, default="", help="a part of a provider's name")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (1)")
    parser.add_argument("--slack", type=float, default=1.0, help="multiplies the goals in seconds")
    parser.add_argument("--keep", action="store_true", help="keep the logs and say where")
    parser.add_argument("--write", action="store_true", help="put the matrix into the page")
    parser.add_argument("--page", type=Path, default=page.EVIDENCE, help="(docs/evidence.md)")
    parser.add_argument("--code", default="", help="what the page says of whose code it was")
    parser.add_argument("--here", action="store_true", help="run in this folder, not in a copy")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
