"""A stop signal may come at any moment and more than once, and blocks nothing."""

from __future__ import annotations

import os
import subprocess
import sys

from integration import worker
from integration.delivery import drain
from integration.jobs import perform
from integration.runtime.stopping import StopSignal
from tests.contract.recordings import ROOT

PLATFORM_SECONDS = 30.0
"""Heroku and containers kill a process so long after its stop signal."""

STORM = """
import signal
from integration.runtime import stopping

came = 0

def asked(*_):
    global came
    came += 1
    stopping.stopping.set()

signal.signal(signal.SIGALRM, asked)
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
while came < 2000:
    stopping.stopping.set()
    assert stopping.stopping.wait(1)
print("ended")
"""


def test_a_storm_of_signals_ends_the_process() -> None:
    """With a lock, as threading.Event has one, a signal within a handler would block."""
    done = subprocess.run(
        [sys.executable, "-c", STORM], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "ended\n", done.stderr


def test_a_wait_ends_when_the_process_is_asked_meanwhile() -> None:
    code = "import os, signal, threading; from integration.runtime.stopping import stopping\n"
    code += "signal.signal(signal.SIGUSR1, lambda *_: stopping.set())\n"
    code += "threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1)).start()\n"
    code += "print(stopping.wait(3600))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "True\n", done.stderr


def test_a_childs_wish_is_not_its_parents() -> None:
    stop = StopSignal()
    pid = os.fork()
    if not pid:
        stop.set()
        os._exit(0 if stop.is_set() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert not stop.wait(0.01)


def test_a_parents_wish_is_not_the_childs() -> None:
    stop = StopSignal()
    stop.set()
    pid = os.fork()
    if not pid:
        os._exit(1 if stop.wait(0.01) else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert stop.over(-1)


def test_a_process_ends_before_platforms_kill_it() -> None:
    """Platforms kill 30 s after the signal. The limits bound what a process does until then."""
    assert max(perform.LAST_SECONDS, drain.LAST_SECONDS) < worker.LAST_SECONDS
    assert worker.LAST_SECONDS < PLATFORM_SECONDS - 5
