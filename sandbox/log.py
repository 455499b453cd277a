"""The append-only log of all that was accepted, one JSON line each: evidence for a judge."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]
LOCK_WAIT = 20.0


class LogInUse(RuntimeError):
    """Another process writes this log; two would number their lines alike."""


class Log:
    """Appends events to `folder/log.jsonl`; with no folder, remembers nothing.

    `append` hands a line to the operating system by one write, so the line survives the death
    of this process, though not a power cut. Raises LogInUse when another process has
    not let go of the log within `wait` seconds.
    """

    def __init__(self, folder: Path | None, wait: float = LOCK_WAIT) -> None:
        self._file: int | None = None
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "log.jsonl"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o600)
        try:
            _take(self._file, self._path, wait)
        except LogInUse:
            self.close()
            raise
        self._mend_last_line()

    def append(self, event: Event) -> None:
        """Write one line. Raises OSError where the disk refuses it; nothing is accepted then."""
        if self._file is None:
            return
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        written = os.write(self._file, line)
        if written != len(line):
            os.write(self._file, b"\n")
            raise OSError("The sandbox's log took only a part of a line; is the disk full?")

    def read(self) -> Iterator[Event]:
        """Every whole line, oldest first; a line torn by a crash was never acknowledged."""
        if self._file is None:
            return
        with self._path.open("rb") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _mend_last_line(self) -> None:
        # Without this the first new line would be glued to a torn one, and both would be lost.
        data = self._path.stat().st_size
        if data and self._file is not None:
            with self._path.open("rb") as lines:
                lines.seek(-1, os.SEEK_END)
                if lines.read(1) != b"\n":
                    os.write(self._file, b"\n")


def _take(file: int, path: Path, wait: float) -> None:
    """Lock the log for this process; a predecessor that is still dying gets time to finish."""
    limit = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as busy:
            if time.monotonic() > limit:
                raise LogInUse(
                    f"Another sandbox writes {path}. Run the sandbox with one worker process "
                    "(gunicorn --workers 1), or give this one its own SANDBOX_DATA."
                ) from busy
            time.sleep(0.05)
