"""What the tests and proofs start goes with them, also when they are killed."""

from __future__ import annotations

import subprocess
import sys
import threading

import psutil

from proofs.rig.sandbox import ROOT, until
from proofs.rig.spawn import spawn

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
PARENT = f"""
import time
from proofs.rig.spawn import spawn
print(spawn({SLEEP!r}).pid, flush=True)
time.sleep(600)
"""


def test_a_process_ends_with_the_killed_one_that_started_it() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
    # It stays a zombie where the machine's first process collects none.
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "its end")


def test_a_process_outlives_the_thread_that_asked_for_it() -> None:
    made: list[subprocess.Popen[bytes]] = []
    thread = threading.Thread(target=lambda: made.append(spawn(SLEEP)))
    thread.start()
    thread.join()
    [process] = made
    try:
        until(lambda: psutil.Process(process.pid).cmdline() == SLEEP, "its start")
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
