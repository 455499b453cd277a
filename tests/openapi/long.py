"""A long run: `python -m tests.openapi.long --cases 50000 --seeds 2`, one line and exit 0 or 1.

`--cases` is for all seeds together. Failures and their curl lines go to standard error.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.openapi.fuzzing import Found, fuzz, service

EXAMPLES = 25
"""Cases an operation in each phase of one round; rounds with new seeds go on to the number."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=50_000)
    options.add_argument("--seeds", type=int, default=2)
    given = options.parse_args()
    began = time.monotonic()
    rounds = [each for seed in range(given.seeds) for each in _seed(seed, given)]
    failures = {name: text for each in rounds for name, text in each.failures.items()}
    errors = [text for each in rounds for text in each.errors]
    print(_line(rounds, given.seeds, len(failures), len(errors), time.monotonic() - began))
    return 1 if failures or errors else 0


def _seed(seed: int, given: argparse.Namespace) -> list[Found]:
    """Rounds on a service of their own until the seed's share of the cases was sent."""
    share, rounds = given.cases / given.seeds, list[Found]()
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
