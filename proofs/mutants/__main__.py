"""`python -m proofs.mutants`: plant each mutant in a copy and see its test fail."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from proofs.mutants.mutant import Mutant, read_all
from proofs.rig import checkout

LIMIT_SECONDS = 600.0
PASSED, FAILED, UNPLANTED = 0, 1, -1
"""What pytest ends with; any other code says that the test did not run."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A run of tests over one mutant, or over the sound code where `mutant` is missing."""

    mutant: Mutant | None
    code: int
    output: str

    @property
    def good(self) -> bool:
        return self.code == (FAILED if self.mutant else PASSED)


def main() -> int:
    """0 when the named tests pass as the code is, and each of them fails over its mutant."""
    parser = argparse.ArgumentParser(prog="python -m proofs.mutants")
    parser.add_argument("names", nargs="*", help="parts of the names to plant; none means all")
    names = parser.parse_args().names
    checkout.end_cleanly()
    chosen = [each for each in read_all() if not names or any(name in each.name for name in names)]
    bad = []
    for trial in _trials(chosen):
        print(_row(trial), flush=True)
        if not trial.good:
            bad.append(trial)
    for trial in bad:
        print(f"\n{_name(trial)}:\n{trial.output}", flush=True)
    caught = len(chosen) - sum(trial.mutant is not None for trial in bad)
    print(f"{len(chosen)} mutants planted, {caught} caught")
    return 0 if chosen and not bad else 1


def _trials(chosen: Sequence[Mutant]) -> Iterator[Trial]:
    """The sound code with all tests first, then each mutant with its own test.

    As many run at once as there are cores, all from one copy: an edit meanwhile changes nothing.
    """
    with checkout.copied() as sound:
        together = [
            "-n",
            "auto",
            "--dist",
            "loadfile",
            *sorted({each.caught_by for each in chosen}),
        ]
        yield _tested(None, sound, together)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(lambda each: _planted(each, sound), chosen)


def _planted(mutant: Mutant, sound: Path) -> Trial:
    with tempfile.TemporaryDirectory(prefix="hookline-mutant-") as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(sound, copy, symlinks=True)
        try:
            mutant.plant(copy)
        except (ValueError, OSError) as error:
            return Trial(mutant=mutant, code=UNPLANTED, output=str(error))
        return _tested(mutant, copy, ["-x", mutant.caught_by])


def _tested(mutant: Mutant | None, folder: Path, words: Sequence[str]) -> Trial:
    code, output = checkout.run(
        [sys.executable, "-m", "pytest", "-q", *words],
        folder,
        LIMIT_SECONDS,
        env={**os.environ, "TMPDIR": str(folder.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return Trial(mutant=mutant, code=code, output=output)


def _name(trial: Trial) -> str:
    return trial.mutant.name if trial.mutant else "the code as it is"


def _row(trial: Trial) -> str:
    if not trial.mutant:
        return f"| {_name(trial)} | | | {'passes' if trial.good else '**FAILS**'} |"
    word = "caught" if trial.good else "**ESCAPED**"
    return f"| {_name(trial)} | {trial.mutant.breaks} | {trial.mutant.caught_by} | {word} |"


if __name__ == "__main__":
    sys.exit(main())
