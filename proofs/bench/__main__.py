"""`python -m proofs.bench`: measure, tell each measurement as it is made, and judge the goals."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from pathlib import Path

from proofs.bench import calibration, capacity, report
from proofs.bench.ground import Ground, ground
from proofs.bench.leg import Leg, Measures, Result, Round
from proofs.bench.legs import LEGS
from proofs.rig.sandbox import ROOT

FAILURES = (RuntimeError, TimeoutError, AssertionError, OSError, subprocess.SubprocessError)
"""One contestant's failure in one round; the others are still measured, and the page says so."""


def main() -> None:
    options = _options()
    # All that was started ends with us, also on SIGTERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = []
    for key in options.only:
        # Each leg has a server and a sink of its own, so that none inherits the last one's data.
        with ground(options.scale) as prepared:
            results.append(run(LEGS[key], prepared, options.rounds))
        print(report.summary(results[-1]), flush=True)
        if options.write:
            report.write(options.page, results[-1:], options.scale)
            capacity.write(options.page, options.page.with_name("scaling.md"))
    sys.exit(any(report.missed(each) for each in results))


def run(leg: Leg, prepared: Ground, rounds: int) -> Result:
    print(f"{leg.key}: {leg.title}", flush=True)
    measured: list[Round] = []
    speeds, loads = [], []
    with leg.open(prepared) as contestants:
        for number in range(1, rounds + 1):
            this: Round = {}
            for name, measure in contestants.items():
                speeds.append(calibration.speed())
                loads.append(calibration.load())
                summary = f"calibration {speeds[-1]:.1f}, load {loads[-1]:.1f}"
                try:
                    this[name] = measure()
                except FAILURES as error:
                    prepared.leave_out(name, f"it failed in round {number}: {error}")
                    continue
                print(f"  round {number} {name}: {_shown(this[name])} ({summary})", flush=True)
            measured.append(this)
    return Result(
        leg=leg, rounds=measured, absent=dict(prepared.absent), speeds=speeds, loads=loads
    )


def _shown(measures: Measures) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in measures.items())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.bench", description=__doc__)
    parser.add_argument("--only", type=_keys, default=list(LEGS), help="legs, such as p1,p2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="shortens counts and times; below 1 for a try"
    )
    parser.add_argument("--write", action="store_true", help="fill the page of figures")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "performance.md")
    return parser.parse_args()


def _keys(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in LEGS:
            raise argparse.ArgumentTypeError(f"there is no leg {name}; there are {', '.join(LEGS)}")
    return names


if __name__ == "__main__":
    main()
