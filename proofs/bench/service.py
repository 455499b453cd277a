"""Our own service over a ground's server: its processes as the Procfile starts them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from integration import services
from integration.accounts import connections
from integration.inbound.commit import commit
from integration.kernel.events import InboundMessage
from integration.runtime import stopping
from integration.services import Services
from integration.settings import Settings
from integration.store import clock
from proofs.bench import marks
from proofs.bench.ground import Ground, Server
from proofs.bench.program import Program
from proofs.rig.ports import free_port
from proofs.rig.sandbox import Sandbox, answers, until
from proofs.rig.setup import COMMANDS, is_ready, own_settings
from proofs.rig.stack import World

TEXT = f"Your table for four is ready, {marks.MARK.decode()}; please come in within ten minutes."
PEOPLE = 1_000
ALL = ("web", "worker", "scheduler")
NO_SYNC = "86400"
"""SYNC_INTERVAL in seconds: upstream polls are no part of what is measured."""


class Service:
    """A service whose parts are started one by one; `own` is the same service in this process."""

    def __init__(self, ground: Ground, server: Server | None = None, **settings: str) -> None:
        self.ground, self.server = ground, server or ground.server
        self.python = sys.executable
        self.db = self.server.db
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            **own_settings(self.port, self.server.url),
            "SECRET_KEY": ground.secret_key,
            "SYNC_INTERVAL": NO_SYNC,
            "RATE_LIMIT": "1000000",
            "LOG_LEVEL": "WARNING",
            "SSL_CERT_FILE": str(ground.sink.certificate),
            **settings,
        }
        self.programs: dict[str, Program] = {}
        self.sandbox: Sandbox | None = None
        self.own: Services = services.build(Settings.from_env(self.settings))

    def launch(self, name: str) -> Program:
        """Start one process of the Procfile."""
        command = [self.python, "-m", *COMMANDS[name]]
        return self.ground.start(f"{name}-{self.port}", command, **self.settings)

    def start(self, name: str) -> Program:
        """`launch`, and wait until the web process answers."""
        self.programs[name] = program = self.launch(name)
        if name == "web":
            until(self.answers, f"the first answer; {self.ground.log(f'{name}-{self.port}')}")
        return program

    def answers(self) -> bool:
        return answers(f"{self.url}/healthz")

    def world(self) -> World:
        """A workspace with a Pairfon account in the sandbox; the web process has to run."""
        if self.sandbox is None:
            folder = self.ground.folder / f"sandbox-{self.port}"
            folder.mkdir()
            self.sandbox = Sandbox(folder, folder)
        made = World(self)  # type: ignore[arg-type]  # of a Stack it uses url, db and sandbox
        made.connect_pairfon()
        return made

    def receive(self, world: World, numbers: Sequence[int]) -> None:
        """Commit one marked message for each number, as the ingress does."""
        stopping.use(self.own)
        clock.keep(self.db)
        [connection, *_] = connections.listed(self.own, world.name)
        for first in range(0, len(numbers), 100):
            messages = [message(number) for number in numbers[first : first + 100]]
            commit(self.own, connection, messages, "webhook")

    def stop(self) -> None:
        self.own.db.close()
        if self.sandbox:
            self.sandbox.stop()


@contextmanager
def running(
    ground: Ground, *names: str, server: Server | None = None, **settings: str
) -> Iterator[Service]:
    """A service with these of its processes, which end with the context."""
    made = Service(ground, server, **settings)
    try:
        for name in names:
            made.start(name)
        if "worker" in names:
            until(lambda: is_ready(made.url), "the service ready")
        yield made
    finally:
        for each in made.programs.values():
            each.stop()
        made.stop()


def message(number: int, people: int = PEOPLE) -> InboundMessage:
    text = marks.marked(TEXT.encode(), number).decode()
    return InboundMessage(
        provider_id=f"up-{number}",
        phone=phone(number, people),
        message=text,
        received_at=datetime.now(UTC),
        sim_slot="SIM1",
        device_fingerprint="abc123",
    )


def phone(number: int, people: int = PEOPLE) -> str:
    """One of so many people who write."""
    return f"+1415555{number % people:04d}"


def bare(ground: Ground) -> tuple[Program, str]:
    """The peers' Flask app under our own gunicorn settings, and its address."""
    port = free_port()
    settings = {
        "PORT": str(port),
        "REDIS_URL": ground.server.peers_url,
        "SECRET_KEY": ground.secret_key,
    }
    command = [*COMMANDS["web"][:-1], "proofs.bench.peers.bare:application"]
    program = ground.python(f"bare-{port}", "-m", *command, **settings)
    url = f"http://127.0.0.1:{port}"
    until(lambda: answers(f"{url}/up"), f"the first answer; {ground.log(f'bare-{port}')}")
    return program, url
