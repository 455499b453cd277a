"""The peers' queues: how each is filled with bodies for one target, and its workers started."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rq import Queue

from proofs.bench.ground import PEERS, Ground
from proofs.bench.peers import environments
from proofs.bench.peers.rq_work import NAME, post
from proofs.bench.program import Program

CELERY = ("celery[redis]==5.7.0", "packaging", "requests")


@dataclass(frozen=True, kw_only=True)
class Bullmq:
    """BullMQ, one worker process with so many deliveries at once."""

    ground: Ground
    folder: Path
    concurrency: int = 50

    def fill(self, url: str, bodies: Sequence[bytes], per_second: float = 0) -> None:
        place = [self.ground.server.socket, str(PEERS)]
        command = [str(environments.NODE), "fill.js", *place, url, str(per_second)]
        subprocess.run(command, input=b"\n".join(bodies), cwd=self.folder, check=True)

    def work(self) -> Program:
        place = [self.ground.server.socket, str(PEERS), str(self.concurrency)]
        command = [str(environments.NODE), "work.js", *place]
        return self.ground.start("bullmq", command, self.folder)


@dataclass(frozen=True, kw_only=True)
class Rq:
    """RQ; `kind` is "simple" or "fork"."""

    ground: Ground
    kind: str

    def fill(self, url: str, bodies: Sequence[bytes]) -> None:
        queue = Queue(NAME, connection=self.ground.server.peers)
        queue.enqueue_many([Queue.prepare_data(post, args=(url, body.decode())) for body in bodies])

    def work(self) -> Program:
        settings = {"REDIS_URL": self.ground.server.peers_url}
        return self.ground.python(
            f"rq-{self.kind}", "-m", "proofs.bench.peers.rq_work", self.kind, **settings
        )


@dataclass(frozen=True, kw_only=True)
class Celery:
    """Celery's default pool, eight processes."""

    ground: Ground
    interpreter: Path

    def fill(self, url: str, bodies: Sequence[bytes]) -> None:
        command = [str(self.interpreter), "celery_work.py", "fill", url]
        environment = self.ground.environment(self._settings())
        subprocess.run(
            command,
            input=b"\n".join(bodies),
            cwd=environments.HERE,
            env=environment,
            check=True,
        )

    def work(self) -> Program:
        command = [str(self.interpreter), "-m", "celery", "-A", "celery_work", "worker"]
        command += ["--concurrency", "8", "--loglevel", "ERROR"]
        return self.ground.start("celery", command, environments.HERE, **self._settings())

    def _settings(self) -> dict[str, str]:
        server = self.ground.server
        return {"CELERY_URL": f"redis+socket://{server.socket}?virtual_host={PEERS}"}
