"""The service in the room: real processes whose every connection is written down."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from integration.accounts import connections
from integration.accounts.connections import ENVIRONMENT, Connection
from integration.hooks import record, subscriptions
from integration.hooks.record import Hook
from integration.inbound.commit import commit
from integration.kernel.events import InboundMessage
from integration.store import keys
from proofs.attacks import judge_connects
from proofs.rig.stack import Stack, World

_numbers = itertools.count(1)
T = TypeVar("T")
R = TypeVar("R")


class Watched(Stack):
    """A stack under the judge's eyes; Redis itself is not watched, since it connects nowhere."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.traces: list[Path] = []
        super().__init__(folder, **settings)

    def command(self, name: str) -> list[str]:
        usual = super().command(name)
        if name == "redis":
            return usual
        trace = self.folder / f"{name}-{len(self.traces)}.trace"
        self.traces.append(trace)
        return [*judge_connects.prefix(trace), *usual]


class Attacker:
    """A workspace, and how hostile things get into it."""

    def __init__(self, stack: Watched) -> None:
        self.stack, self.world = stack, World(stack)

    def plant_hook(self, url: str, trigger: str = "inbound_sms") -> Hook:
        """Store a hook without any check: delivery has to hold by itself.

        It is made for a name of its own, and then the address is changed in the sealed record.
        """
        engine, name = self.stack.services, f"https://public-{next(_numbers)}.room.test/"
        workspace = self.world.name
        made = subscriptions.subscribe(
            engine, workspace, trigger=trigger, target_url=name, filters={}
        )[0]
        sealed = record.joined(engine.db.hgetall(keys.hook(made.id)))
        changed = engine.vault.seal([url, *engine.vault.open(sealed)[1:]])
        fields = {**record.pieces(changed), "revision": secrets.token_hex(4)}
        engine.db.hset(keys.hook(made.id), mapping=fields)
        return made

    def plant_connection(self, provider: str = "pairfon") -> Connection:
        """A connection to the sandbox, trusted as the operator's own."""
        cloud = provider == "cloud_messaging"
        path = "/cloud-messaging/api" if cloud else "/pairfon"
        key = self.world.cloud_key if cloud else self.world.pairfon_key
        made = connections.make(
            workspace=self.world.name,
            provider=provider,
            label="trusted",
            settings={"api_key": key, "base_url": self.stack.sandbox.url + path},
            source=ENVIRONMENT,
        )
        connections.save(self.stack.services, made)
        return made

    def receive(self, connection: Connection, message: InboundMessage) -> None:
        """A message arrives: every hook is owed it."""
        commit(self.stack.services, connection, [message], "webhook")

    def attempts(self, hook_id: str) -> list[dict[str, Any]]:
        rows = self.world.get(f"/v1/hooks/{hook_id}/deliveries")["data"]
        return [attempt for row in rows for attempt in row["attempts"]]


def side_by_side(step: Callable[[T], R], each: Iterable[T], threads: int = 8) -> list[R]:
    """What `step` gives for each, in their order; the first error is raised."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(step, each))
