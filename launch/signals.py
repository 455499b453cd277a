"""The launcher's ears: stop signals and the deaths of children, as something to select on."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import suppress
from types import FrameType

SAME_REQUEST = 1.0  # seconds; `make` and a terminal may both pass on one Ctrl-C


class Signals:
    """`stop` is set by SIGINT, SIGTERM and SIGHUP; `at_once` by a second Ctrl-C."""

    def __init__(self) -> None:
        self.stop = False
        self.at_once = False
        self._asked = 0.0
        self.wakeup, self._write_end = socket.socketpair()
        self.wakeup.setblocking(False)
        self._write_end.setblocking(False)
        signal.set_wakeup_fd(self._write_end.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _only_wake)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # started by nohup: keep running
            signal.signal(signal.SIGHUP, self._on_stop)

    def _on_stop(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self.stop:
            self._asked = now
        elif number == signal.SIGINT and now - self._asked > SAME_REQUEST:
            self.at_once = True
        self.stop = True

    def drain(self) -> None:
        with suppress(BlockingIOError):
            while self.wakeup.recv(4096):
                continue


def _only_wake(_number: int, _frame: FrameType | None) -> None:
    """A signal with a handler, unlike one without, is written to the wakeup socket."""
