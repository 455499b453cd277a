"""Parent death: every process that the launcher starts ends with it, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

# Loaded before any fork: a forked child must not take the dynamic linker's lock.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> Callable[[], None]:
    """A `preexec_fn`: the kernel kills the child when the thread that forked it ends.

    So children must be started from the main thread. Without prctl (macOS) the guard alone serves.
    """
    parent = os.getpid()

    def tie() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call above could take effect
            os._exit(1)

    return tie


class Guard:
    """Our end of the bystander process of `guard.py`."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("guard.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError:
            # Somebody killed the guard; prctl still holds, and stopping in order needs neither.
            return

    def close(self) -> None:
        """Let the guard end; what is still on its list is killed by it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
