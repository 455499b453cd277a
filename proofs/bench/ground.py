"""The ground of a run: one data server, one sink, and the programs that are measured over them."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import redis

from integration.store.client import TextStore
from launch import embedded
from proofs.bench.program import Program
from proofs.bench.sink import Sink
from proofs.rig.sandbox import ROOT, until
from proofs.rig.setup import own_environment

PEERS = 1
"""The database of the server in which peers work; it is emptied between them, ours is not."""


class Ground:
    """`scale` shortens every count and time; 1 is the run whose figures count."""

    def __init__(self, folder: Path, scale: float) -> None:
        self.folder, self.scale = folder, scale
        self.secret_key = secrets.token_urlsafe(32)
        self.absent: dict[str, str] = {}
        self.programs: list[Program] = []
        self.sink = Sink(folder)
        self.server = Server(self, folder / "redis")

    def seconds(self, full: float) -> float:
        return max(0.5, full * self.scale)

    def count(self, full: int, least: int = 20) -> int:
        return max(least, int(full * self.scale))

    def start(
        self, name: str, command: Sequence[str], folder: Path = ROOT, /, **settings: str
    ) -> Program:
        program = Program(
            command,
            log=self.folder / f"{name}.log",
            folder=folder,
            environment=self.environment(settings),
        )
        self.programs.append(program)
        return program

    def python(self, name: str, *arguments: str, **settings: str) -> Program:
        return self.start(name, [sys.executable, *arguments], **settings)

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        kept = own_environment()
        # Where writing .pyc files is switched off, every start would compile all imports again.
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        return {**kept, "PYTHONPATH": str(ROOT), **settings}

    def leave_out(self, contestant: str, reason: str) -> None:
        self.absent[contestant] = reason
        print(f"  {contestant} is left out: {reason}", file=sys.stderr, flush=True)

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def stop(self) -> None:
        for program in self.programs:
            if not program.ended():
                program.kill()
        self.sink.stop()


class Server:
    """A data server with its append-only file, on a unix socket."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        made = embedded.prepare(folder, dict(os.environ))
        self.url = made.url
        self.socket = made.url.removeprefix("unix://")
        self.program = ground.start(folder.name, made.service.command)
        self.db: TextStore = redis.Redis.from_url(self.url, decode_responses=True)
        self.peers: Any = redis.Redis.from_url(f"{self.url}?db={PEERS}")
        until(self._answers, f"the data server's answer; {ground.log(folder.name)}")

    @property
    def peers_url(self) -> str:
        return f"{self.url}?db={PEERS}"

    def cpu(self) -> float:
        return self.program.cpu()

    def used(self) -> int:
        """Bytes that the server has allocated."""
        return int(self.db.info("memory")["used_memory"])

    def _answers(self) -> bool:
        try:
            return bool(self.db.ping())
        except redis.RedisError:
            return False


@contextmanager
def ground(scale: float) -> Iterator[Ground]:
    """A ground in a temporary folder; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="hookline-bench-"))
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        made = Ground(folder, scale)
        ending.callback(made.stop)
        yield made
