"""One process that we start, listen to, and end with everything that it has started itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from launch.log import Lines, Log
from launch.parent_death import Guard, die_with_parent

READ_SIZE = 1 << 16  # bytes; also what a pipe holds on Linux
READS_AT_ONCE = 16
DATA_STAGE = 9  # of the server that holds the data: stopped when everything else is gone


@dataclass(frozen=True, kw_only=True)
class Service:
    """What to run. Services of a lower `stage` are stopped before those of a higher one."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    stage: int = 0


class Process:
    """A running service in a session of its own: a terminal's Ctrl-C reaches us, not it."""

    def __init__(self, service: Service, log: Log, guard: Guard) -> None:
        self.service = service
        self.started = time.monotonic()
        self._guard = guard
        self._lines = Lines(log, service.name)
        self._popen = subprocess.Popen(
            service.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=service.directory,
            env=dict(service.environment),
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        assert self._popen.stdout is not None
        self.output = self._popen.stdout.fileno()
        os.set_blocking(self.output, False)
        guard.watch(self.pid)

    @property
    def pid(self) -> int:
        """Also the id of its process group."""
        return self._popen.pid

    def read(self) -> bool:
        """Log what it has written; False once no process can write to it any more.

        Bounded, so that one that never falls silent does not keep us from the others.
        """
        with suppress(BlockingIOError):
            for _ in range(READS_AT_ONCE):
                data = os.read(self.output, READ_SIZE)
                if not data:
                    return False
                self._lines.feed(data)
        return True

    def ended(self) -> int | None:
        """Its exit status, or minus the signal that ended it, or None while it runs."""
        return self._popen.poll()

    def ask_to_stop(self) -> None:
        """SIGTERM to the process alone: one that has children tells them itself, and once."""
        self._popen.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the process and to everything in its group; waits until it is gone."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def reap(self) -> None:
        """After its end: kill what it left behind, and log its last lines."""
        self.kill()
        self._guard.forget(self.pid)
        self.read()
        self._lines.end()
        assert self._popen.stdout is not None
        self._popen.stdout.close()
