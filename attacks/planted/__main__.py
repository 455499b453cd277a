"""`python -m attacks.planted`: plant each fault in a copy of the checkout, and see it caught.

A patch is named after its figure and its fault, such as `S3-follow_redirects.patch`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".hookline", "__pycache__", ".mypy_cache", ".pytest_cache", "build"
)
LONGEST_SECONDS = 1200


def main() -> int:
    """0 when every fault was caught."""
    patches = [each for each in sorted(HERE.glob("*.patch")) if _asked_for() in each.name]
    missed = [each for each in patches if not _is_caught(each)]
    print(f"{len(patches)} faults planted, {len(patches) - len(missed)} caught")
    return 1 if missed or not patches else 0


def _asked_for() -> str:
    parser = argparse.ArgumentParser(prog="python -m attacks.planted", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="a part of the patch's name")
    return str(parser.parse_args().only)


def _is_caught(patch: Path) -> bool:
    figure, _, fault = patch.stem.partition("-")
    with tempfile.TemporaryDirectory(prefix="hookline-planted-") as place:
        copy = Path(place) / "checkout"
        shutil.copytree(CHECKOUT, copy, ignore=LEFT_OUT)
        if subprocess.run(["patch", "-p1", "-s", "-i", str(patch)], cwd=copy).returncode:
            print(f"MISSED {fault}: the patch does not fit the code any more; make it anew")
            return False
        # 1 says that the figure did not hold; a run that broke off proves nothing.
        done = subprocess.run(
            [sys.executable, "-m", "attacks", "--short", "--seed", "1", "--only", figure],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
        )
    said = done.stdout.strip().splitlines()
    caught = done.returncode == 1 and any("BROKEN" in line for line in said)
    print(f"{'caught' if caught else 'MISSED'} {fault}: {said[-1] if said else done.stderr[-500:]}")
    return caught


if __name__ == "__main__":
    sys.exit(main())
