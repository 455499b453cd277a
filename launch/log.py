"""One readable log out of many processes: whole lines, each with the time and who said it."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

NAME_WIDTH = 10
MAX_LINE = 1 << 20  # bytes held for a line that has not ended yet, so that memory stays flat
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92)  # ANSI foreground codes


class Log:
    """Writes to `out`, in colour on a terminal unless NO_COLOR is set (no-color.org). Under
    LOG_FORMAT=json each line is a JSON object, also one of the data server."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._coloured = self._out.isatty() and not os.environ.get("NO_COLOR")
        self._as_json = os.environ.get("LOG_FORMAT", "").strip().lower() == "json"
        self._colours: dict[str, int] = {}
        self._closed = False

    def line(self, name: str, text: str) -> None:
        if self._as_json:
            # Our own processes write JSON already; the data server does not.
            at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            said = {"at": at, "process": name, "message": text}
            self.plain(text if text.startswith("{") else json.dumps(said, ensure_ascii=False))
            return
        head = f"{datetime.now():%H:%M:%S} {name:<{NAME_WIDTH}}|"
        if self._coloured:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            head = f"\x1b[{colour}m{head}\x1b[0m"
        self.plain(f"{head} {text}")

    def plain(self, text: str) -> None:
        if self._closed:
            return
        try:
            self._out.write(text + "\n")
            self._out.flush()
        except OSError:
            # The reader of our output went away (`make run | head`); the service goes on.
            self._closed = True


class Lines:
    """Cuts one process's output into whole lines."""

    def __init__(self, log: Log, name: str) -> None:
        self._log = log
        self._name = name
        self._rest = b""

    def feed(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._say(line)
        if len(self._rest) > MAX_LINE:
            self.end()

    def end(self) -> None:
        """The process is gone: what it had begun to say is a line as well."""
        if self._rest:
            self._say(self._rest)
        self._rest = b""

    def _say(self, line: bytes) -> None:
        self._log.line(self._name, line.decode("utf-8", "replace").rstrip("\r"))
