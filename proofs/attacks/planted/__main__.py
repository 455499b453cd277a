"""`python -m proofs.attacks.planted`: plant each fault in a copy and see it caught.

A patch is named after its figure and its fault, such as `S3-follow_redirects.patch`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from proofs.attacks import report
from proofs.chaos import report as chaos_report

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".hookline", "__pycache__", ".mypy_cache", ".pytest_cache", "build"
)
LONGEST_SECONDS = 1200
Trial = tuple[str, str, str, bool]
"""A fault, its figure, what that said, and whether it was caught."""


def main() -> int:
    """0 when every fault was caught."""
    asked, code = _asked(), chaos_report.code()
    patches = [each for each in sorted(HERE.glob("*.patch")) if asked.only in each.name]
    trials = [_tried(each) for each in patches]
    caught = sum(each[3] for each in trials)
    print(f"{len(patches)} faults planted, {caught} caught")
    if asked.write:
        report.write_planted(trials, code, asked.page)
    return 1 if caught < len(patches) or not patches else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.attacks.planted", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="a part of the patch's name")
    parser.add_argument("--write", action="store_true", help="put the catches into the page")
    parser.add_argument("--page", type=Path, default=report.PAGE, help="(docs/evidence.md)")
    return parser.parse_args()


def _tried(patch: Path) -> Trial:
    figure, _, fault = patch.stem.partition("-")
    with tempfile.TemporaryDirectory(prefix="hookline-planted-") as place:
        copy = Path(place) / "checkout"
        shutil.copytree(CHECKOUT, copy, ignore=LEFT_OUT)
        if subprocess.run(["patch", "-p1", "-s", "-i", str(patch)], cwd=copy).returncode:
            print(f"MISSED {fault}: the patch does not fit the code any more; make it anew")
            return fault, figure, "the patch does not fit", False
        # 1 says that the figure did not hold; a run that broke off proves nothing.
        done = subprocess.run(
            [sys.executable, "-m", "proofs.attacks", "--short", "--seed", "1", "--only", figure],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
        )
    said = done.stdout.strip().splitlines()
    caught = done.returncode == 1 and any("BROKEN" in line for line in said)
    told = said[-1] if said else done.stderr[-500:]
    print(f"{'caught' if caught else 'MISSED'} {fault}: {told}", flush=True)
    return fault, figure, told.partition(": ")[2] or told, caught


if __name__ == "__main__":
    sys.exit(main())
