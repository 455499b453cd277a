"""The arena: the whole service as real processes, any of which can be killed or stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil

from proofs.chaos.sink import Sink
from proofs.rig.stack import Stack

WORKERS = ("worker", "worker-2")
"""Two trees, as two machines would run them: one can be dead or stopped while the other goes on."""


class Arena(Stack):
    """Stands for the supervisor as well: `revive` starts whatever has ended."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.strays: list[psutil.Process] = []
        self.died: list[str] = []
        self.asleep: dict[str, float] = {}
        self.woke = 0.0
        self.kept = False
        self.slack = 1.0
        try:
            super().__init__(folder, **{"SYNC_INTERVAL": "3", "LOG_LEVEL": "WARNING", **settings})
        except BaseException:
            self._abandon()
            raise
        self.start(WORKERS[1])
        self.sink = Sink(folder / "sink.jsonl")

    @property
    def provider_log(self) -> Path:
        return self.folder / "sandbox" / "log.jsonl"

    def kill(self, name: str, *, tree: bool = True) -> None:
        if not tree:
            # gunicorn's workers outlive their master for a moment; none may outlive the run.
            with contextlib.suppress(psutil.Error):
                self.strays += psutil.Process(self.processes[name].pid).children(recursive=True)
        with contextlib.suppress(ProcessLookupError):
            super().kill(name, tree=tree)

    def nap(self, name: str, seconds: float) -> None:
        """SIGSTOP the whole tree; `tend` lets it go on after `seconds`."""
        self.pause(name)
        self.asleep[name] = time.monotonic() + seconds

    def tend(self) -> None:
        """What a supervisor does: start what has ended; and end the naps that are over."""
        for name in [each for each, end in self.asleep.items() if time.monotonic() >= end]:
            del self.asleep[name]
            self.resume(name)
            self.woke = time.time()
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.died.append(name)
                self.start(name)

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Nothing here works, while another arena has the machine. The web process is idle by
        itself, and gunicorn would take its stopped workers for hung ones."""
        names = [each for each in self.processes if each not in ("redis", "web")]
        for name in names:
            self.pause(name)
        try:
            yield
        finally:
            for name in names:
                self.resume(name)

    def terminate(self, name: str, *, tree: bool, limit: float = 60.0) -> float:
        """SIGTERM to the parent or, as a container does, to all; returns the seconds it took."""
        process, began = self.processes[name], time.monotonic()
        if tree:
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
        process.wait(limit)
        return time.monotonic() - began

    def keep(self) -> Path:
        """Leave the folder when the run is over."""
        self.kept = True
        return self.folder

    def _abandon(self) -> None:
        """A start that failed leaves no process behind."""
        for name in getattr(self, "processes", {}):
            self.kill(name)
        if hasattr(self, "sandbox"):
            self.sandbox.kill()

    def stop(self) -> None:
        for name in list(self.asleep):
            self.resume(name)
        self.sink.stop()
        super().stop()
        for stray in self.strays:
            with contextlib.suppress(psutil.Error):
                stray.kill()


A = TypeVar("A", bound=Arena)


@contextlib.contextmanager
def arena(make: Callable[[Path], A], *, keep: bool = False, slack: float = 1.0) -> Iterator[A]:
    """An arena in a temporary folder, which is removed unless the arena is to keep it.

    `slack` multiplies the goals that are times.
    """
    folder = Path(tempfile.mkdtemp(prefix="hookline-chaos-"))
    running = make(folder)
    running.kept, running.slack = keep, slack
    try:
        yield running
    except BaseException:
        running.keep()
        raise
    finally:
        running.stop()
        if running.kept:
            print(f"Logs kept in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
