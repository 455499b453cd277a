"""A copy of the checkout to run in: an edit during an hour's run would mix two versions of us."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from launch.parent_death import die_with_parent
from proofs.rig.sandbox import ROOT

END_SECONDS = 90.0
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".hookline", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis"
)


@contextlib.contextmanager
def copied() -> Iterator[Path]:
    """The folder of a copy, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="hookline-copy-") as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
        yield copy


def run(command: Sequence[str], folder: Path, limit: float | None, **more: Any) -> tuple[int, str]:
    """Run a command there; returns its exit code and, where it was piped, its output.

    When we are to end the command gets the time to end all that it started.
    """
    tie = die_with_parent()
    with subprocess.Popen(command, cwd=folder, text=True, preexec_fn=tie, **more) as child:
        try:
            output, _ = child.communicate(timeout=limit)
        except KeyboardInterrupt:
            # The terminal has interrupted the child as well.
            child.wait(END_SECONDS)
            raise
        except BaseException:
            child.terminate()
            child.wait(END_SECONDS)
            raise
    return child.returncode, output or ""


def end_cleanly() -> None:
    """Make SIGTERM an exit that unwinds: a run has some twenty processes to take along."""

    def leave(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(143)

    signal.signal(signal.SIGTERM, leave)
