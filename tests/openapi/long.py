"""A long run: `python -m tests.openapi.long --cases 50000 --seeds 4`, one line and exit 0 or 1.

`--cases` is for all seeds together, which run side by side, each on a service of its own.
`--write` puts the line into docs/evidence.md as S8. Failures and their curl lines go to standard
error.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

from proofs.attacks import report
from proofs.attacks.outcome import Outcome
from proofs.rig import page
from tests.openapi.fuzzing import Found, fuzz, service

FULL = 50_000
EXAMPLES = 25
"""Cases an operation in each phase of one round; rounds with new seeds go on to the number."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=FULL)
    options.add_argument("--seeds", type=int, default=4)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    began, code = time.monotonic(), page.code()
    # Most of a case is waiting. A forked child would share the parent's draws.
    with ProcessPoolExecutor(given.seeds, multiprocessing.get_context("spawn")) as pool:
        shares = pool.map(_seed, range(given.seeds), repeat(given.cases / given.seeds))
        rounds = [each for share in shares for each in share]
    failures = {name: text for each in rounds for name, text in each.failures.items()}
    errors = [text for each in rounds for text in each.errors]
    line = _line(rounds, given.seeds, len(failures), len(errors), time.monotonic() - began)
    print(line)
    held = not failures and not errors
    if given.write:
        report.write([_outcome(line, held)], short=given.cases < FULL, seed=given.seeds, of=code)
    return 0 if held else 1


def _outcome(line: str, held: bool) -> Outcome:
    goal = "No case drawn from our own OpenAPI document brings a 5xx or breaks the contract."
    return Outcome(figure="S8", goal=goal, counts={}, passed=held, line=f"S8: {line}")


def _seed(seed: int, share: float) -> list[Found]:
    """Rounds on a service of their own until the seed's share of the cases was sent."""
    rounds = list[Found]()
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as stack:
        while sum(each.cases for each in rounds) < share:
            number = 1_000 * (seed + 1) + len(rounds)
            rounds.append(fuzz(stack, examples=EXAMPLES, seed=number, phases={}))
            print(f"seed {number}: {rounds[-1]}\n", file=sys.stderr, flush=True)
    return rounds


def _line(rounds: list[Found], seeds: int, failures: int, errors: int, seconds: float) -> str:
    cases = sum(each.cases for each in rounds)
    statuses = sum((each.statuses for each in rounds), Counter[int]())
    by_class = Counter[str]()
    for status, count in statuses.items():
        by_class[f"{status // 100}xx"] += count
    told = ", ".join(f"{name} {count}" for name, count in sorted(by_class.items()))
    return (
        f"{cases} cases, {seeds} seeds, {failures} contract breaks, {statuses[500]} times 500,"
        f" {errors} errors of the fuzzer; {told}; {seconds:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
