"""A real sandbox under gunicorn."""

from __future__ import annotations

import itertools
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from proofs.rig.spawn import spawn

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 180.0
numbers = itertools.count(1)


def until(condition: Callable[[], Any], what: str, seconds: float = LIMIT) -> Any:
    """The first true answer of `condition`; fails after a generous limit."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"Not seen within {seconds:.0f} s: {what}")


def answers(url: str) -> bool:
    """Whether a server answers there with a success."""
    with requests.Session() as web:
        web.trust_env = False
        try:
            return web.get(url, timeout=5).ok
        except requests.RequestException:
            return False


class Sandbox:
    """One gunicorn process that serves the sandbox, on a port of its own where none is given."""

    def __init__(self, folder: Path, data: Path | None = None, port: int = 0) -> None:
        self._port = port
        self._log = folder / f"gunicorn-{next(numbers)}.log"
        self._data = data
        self.web = requests.Session()
        self.web.trust_env = False
        self.start()

    def start(self) -> None:
        environment = {name: os.environ[name] for name in os.environ if name != "SANDBOX_DATA"}
        if self._data is not None:
            environment["SANDBOX_DATA"] = str(self._data)
        command = [sys.executable, "-m", "gunicorn", "--workers", "1"]
        command += [
            "--bind",
            f"127.0.0.1:{self._port}",
            "--worker-class",
            "gthread",
            "--threads",
            "16",
            "--no-control-socket",
        ]
        with self._log.open("w") as log:
            self._process = spawn(
                [*command, "sandbox.wsgi:application"],
                cwd=ROOT,
                env=environment,
                stderr=log,
                stdout=log,
            )
        self.url = str(until(self._address, "gunicorn's address"))
        until(lambda: answers(f"{self.url}/healthz"), "the sandbox's first answer")

    def kill(self) -> None:
        """Kill the whole tree at once, as a crash of the machine's process would."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        # First our own kept-alive connections, which a graceful stop would wait for.
        self.web.close()
        self._process.terminate()
        self._process.wait(LIMIT)

    def log(self) -> str:
        return self._log.read_text()

    def call(self, method: str, path: str, key: str = "", **more: Any) -> requests.Response:
        """Call a provider API as its client would."""
        scheme = "Api-Key" if key.startswith("cm_") else "Bearer"
        headers = {"Authorization": f"{scheme} {key}"} if key else {}
        headers |= more.pop("headers", {})
        return self._asked(method, self.url + path, headers=headers, **more)

    def control(self, method: str, key: str, what: str, given: Any = None) -> Any:
        path = f"{self.url}/_control/accounts/{key}" + (f"/{what}" if what else "")
        answer = self._asked(method, path, json=given)
        assert answer.ok, answer.text
        return answer.json()

    def forgive(self) -> None:
        """The same of the providers': Pairfon answers 429 after 15 of them in 15 minutes."""
        self._asked("DELETE", f"{self.url}/_control/auth-failures").raise_for_status()

    def _asked(self, method: str, url: str, **more: Any) -> requests.Response:
        # Over a connection of its own: a server may close one that stayed open at any moment.
        with requests.Session() as web:
            web.trust_env = False
            return web.request(method, url, timeout=90, **more)

    def received(self, key: str, kind: str = "") -> list[dict[str, Any]]:
        found = self.control("GET", key, f"received?kind={kind}")["received"]
        return list(found)

    def _address(self) -> str | None:
        found = re.search(r"Listening at: (http://[0-9.:]+)", self.log())
        assert self._process.poll() is None, self.log()
        return found.group(1) if found else None
