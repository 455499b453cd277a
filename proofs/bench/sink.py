"""The one counting sink of a run, and how it is asked."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil

from proofs.rig import certificate
from proofs.rig.child import Child

PATIENCE = 90.0
"""Seconds without one arrival after which a wait gives up."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """`distinct` counts those that differ in path or number; `seconds` lie between the first
    arrival and the last."""

    arrived: int
    distinct: int
    seconds: float

    @property
    def rate(self) -> float:
        return (self.arrived - 1) / self.seconds if self.arrived > 1 else 0.0


class Sink:
    def __init__(self, folder: Path) -> None:
        self.certificate = certificate.make(folder / "sink.pem", ["localhost"])
        self._child = Child("proofs.bench.sink_server", str(self.certificate))
        self.port, self.sealed_port = self._child.ports

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def sealed_url(self, path: str) -> str:
        return f"https://localhost:{self.sealed_port}{path}"

    def reset(self) -> None:
        self._ask("/reset")

    def tally(self) -> Tally:
        return Tally(**self._ask("/tally"))

    def ages(self) -> list[float]:
        """Milliseconds from each payload's mark to its arrival, in the order of arrival."""
        return list(self._ask("/times"))

    def wait_for(self, count: int, patience: float = PATIENCE) -> Tally:
        """The tally once so many arrived; fails when nothing more comes."""
        seen, moved = -1, time.monotonic()
        while True:
            tally = self.tally()
            if tally.arrived >= count:
                return tally
            if tally.arrived != seen:
                seen, moved = tally.arrived, time.monotonic()
            if time.monotonic() - moved > patience:
                raise TimeoutError(f"{tally.arrived} of {count} arrived, and no more came.")
            time.sleep(0.02)

    def cpu(self) -> float:
        return float(sum(psutil.Process(self._child.process.pid).cpu_times()[:2]))

    def stop(self) -> None:
        self._child.stop()

    def _ask(self, path: str) -> Any:
        with urlopen(self.url(path), timeout=60) as answer:
            return json.loads(answer.read())
