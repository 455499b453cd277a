"""A program under measurement: started in a session of its own, with all its descendants."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from proofs.rig.spawn import spawn

STOP_SECONDS = 30


class Program:
    """Ends with the bench, however the bench ends; its output goes to a log."""

    def __init__(
        self, command: Sequence[str], *, log: Path, folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = spawn(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def tree(self) -> list[psutil.Process]:
        """The program and what it started, as far as they live."""
        try:
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def cpu(self) -> float:
        """CPU seconds of the whole tree, with those of descendants that have ended."""
        return self._summed(lambda each: float(sum(each.cpu_times()[:4])))

    def pss(self) -> float:
        """Memory in MB, shared pages counted once for all that share them."""
        return self._summed(lambda each: each.memory_full_info().pss / 1e6)

    def _summed(self, of: Callable[[psutil.Process], float]) -> float:
        total = 0.0
        for each in self.tree():
            with contextlib.suppress(psutil.Error):
                total += of(each)
        return total

    def ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self) -> None:
        """SIGTERM to the parent, then SIGKILL to what is left of its session."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
