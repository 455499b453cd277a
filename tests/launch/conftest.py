"""A folder with little stand-in processes, and a real launcher that runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from launch.parent_death import die_with_parent
from proofs.rig.ports import free_port
from tests.launch.waiting import until
from tests.short_folder import short_folder

REPOSITORY = Path(__file__).parents[2]

WEB = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass

def bye(*args):
    open("stopped", "a").write("web\\n")
    sys.exit(0)

signal.signal(signal.SIGTERM, bye)
open("web.pid", "w").write(str(os.getpid()))
HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""

WORKER = """
import os, signal, subprocess, sys

def bye(*args):
    open("stopped", "a").write("worker\\n")
    sys.exit(0)

signal.signal(signal.SIGTERM, bye)
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
open("worker.pid", "w").write(str(os.getpid()))
open("grandchild.pid", "w").write(str(child.pid))
while True:
    signal.pause()
"""


class Launched:
    """One launcher at work in `folder`, and what it has said so far."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        self.folder = folder
        self._said = folder / "said"
        self._seen: list[psutil.Process] = []
        self.port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(REPOSITORY),
            "PORT": str(self.port),
            "ACME_API_KEY": "a key, so that no sandbox is started",
            **settings,
        }
        with self._said.open("wb") as said:
            self.process = psutil.Popen(
                [sys.executable, "-m", "launch", *arguments, "--directory", str(folder)],
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=REPOSITORY,
                preexec_fn=die_with_parent(),
            )

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def ready(self) -> Launched:
        until(lambda: "Hookline is ready" in self.said or self._ended(), lambda: self.said)
        assert not self._ended(), self.said
        return self

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def family(self) -> list[psutil.Process]:
        """The launcher and everything below it."""
        family = [psutil.Process(self.process.pid), *self.process.children(recursive=True)]
        self._seen += family
        return family

    def number(self, name: str) -> int:
        """The process id that the stand-in wrote into the file `name`.pid."""
        file = self.folder / f"{name}.pid"
        return int(until(lambda: file.exists() and file.read_text(), lambda: self.said))

    def child(self, name: str) -> psutil.Process:
        return psutil.Process(self.number(name))

    def end(self) -> int:
        return int(self.process.wait(timeout=120))

    def clear_away(self) -> None:
        """After a test, also a failed one: nothing of it runs on."""
        if self.process.poll() is None:
            self.family()
            self.process.kill()
        self.process.wait()
        for each in alive(self._seen):
            each.kill()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.end()


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; one that waits to be reaped does not."""
    return [each for each in processes if each.is_running() and not _reaped_soon(each)]


def gone(processes: list[psutil.Process]) -> None:
    """Return once none of them runs: the kernel ends a killed process when it gets to it."""
    until(lambda: not alive(processes), lambda: str(alive(processes)))


def _reaped_soon(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it went between the two looks
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A checkout in small: a Procfile and what it runs."""
    with short_folder(tmp_path, ".hookline/redis/redis.sock") as made:
        (made / "web.py").write_text(WEB)
        (made / "worker.py").write_text(WORKER)
        (made / "Procfile").write_text("web: python web.py\nworker: python worker.py\n")
        (made / "providers").mkdir()
        (made / "providers" / "acme.py").touch()
        yield made


Launch = Callable[..., Launched]


@pytest.fixture
def launch(folder: Path) -> Iterator[Launch]:
    """Start launchers in `folder`; none of them outlives the test."""
    started: list[Launched] = []

    class Here(Launched):
        def __init__(self, *arguments: str, **settings: str) -> None:
            super().__init__(folder, *arguments, **settings)
            started.append(self)

    yield Here
    for each in started:
        each.clear_away()
