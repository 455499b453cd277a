"""Filling: a store with many events, hooks and jobs, made by the service's own functions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench import backlog, service
from bench.service import Service
from integration import keys
from integration.accounts import connections, known
from integration.accounts.connections import Connection
from integration.events import hooks, inbox
from integration.jobs import accept, ledger
from integration.jobs.accept import Manner
from integration.jobs.perform import success
from integration.kernel.events import MESSAGE, STATUS, Sent
from tests.flows.stack import World

HOOKS_EACH = 10
LARGEST_INBOX = 100_000
"""Events of the measured workspace at most: what RETENTION_EVENTS keeps unless told otherwise."""
FINISHED = 1_000
PEOPLE = 10
"""Who write to one connection: each first message is an event more, a conversation begun."""
TARGET = "http://127.0.0.1:9/hook"
VALUES = {
    "phone": "+14155550123",
    "message": "Your table for four is ready; please come in within ten minutes.",
    "device_fingerprint": "abc123",
}


@dataclass(frozen=True, kw_only=True)
class Size:
    events: int
    hooks: int
    jobs: int


def fill(ours: Service, world: World, size: Size) -> dict[str, float]:
    """Fill the store, the measured workspace with a tenth; gives back the bytes that each took."""
    [home, *_] = connections.listed(ours.own, world.name)
    others = [_neighbour(ours, number) for number in range(size.hooks // HOOKS_EACH - 1)]
    took: dict[str, float] = {}
    with _counted(ours, took, "event", size.events):
        _receive(ours, home, min(size.events // 10, LARGEST_INBOX))
        left = size.events - min(size.events // 10, LARGEST_INBOX)
        for number, each in enumerate(others):
            _receive(ours, each, left // len(others) + (number < left % len(others)))
    [newest] = inbox.newest(ours.own, world.name, MESSAGE, 1)
    took["payload bytes"] = len(newest.json.encode())
    with _counted(ours, took, "hook", size.hooks):
        for each in [home, *others]:
            _subscribe(ours, each)
    ids: list[str] = []
    with _counted(ours, took, "queued job", size.jobs):
        for number in range(size.jobs):
            ids += _accept(ours, [home, *others][number % (len(others) + 1)])
    took["event over payload"] = took["event bytes"] / took["payload bytes"]
    return took


def finish(ours: Service, world: World, size: Size, took: dict[str, float]) -> None:
    """Bring a tenth of as many jobs to their end, without a provider, and forget RQ's part as RQ
    does; so many that a table of the server's that grows meanwhile is a part of each."""
    count = max(FINISHED, size.jobs // 10)
    [home, *_] = connections.listed(ours.own, world.name)
    events = keys.inbox(world.name, STATUS)
    told = ours.db.memory_usage(events, samples=0) or 0
    with _counted(ours, took, "finished job", count):
        for [job_id] in [_accept(ours, home) for _ in range(count)]:
            claim = ledger.claim(ours.own, job_id, secrets.token_hex(8))
            assert claim
            ledger.finish(ours.own, claim, success(Sent(provider_id=f"up-{job_id}")))
            ours.db.lrem(f"rq:queue:{keys.RQ_ACTIONS}", -1, job_id)
            ours.db.delete(f"rq:job:{job_id}")
    # The event that tells of the sending is an event, not a part of the job.
    more = (ours.db.memory_usage(events, samples=0) or 0) - told
    took["finished job bytes"] -= more / count


@contextmanager
def _counted(ours: Service, took: dict[str, float], what: str, count: int) -> Iterator[None]:
    before = ours.server.used()
    yield
    took[f"{what} bytes"] = (ours.server.used() - before) / count


def _neighbour(ours: Service, number: int) -> Connection:
    settings: Mapping[str, str] = {"api_key": f"pf_{number}", "base_url": "http://127.0.0.1:9"}
    made = connections.make(
        workspace=f"neighbour{number}", provider="pairfon", label="A phone", settings=settings
    )
    connections.save(ours.own, made)
    return made


def _receive(ours: Service, connection: Connection, count: int) -> None:
    for first in range(0, count, 100):
        some: Sequence[int] = [next(backlog.numbers) for _ in range(min(100, count - first))]
        inbox.commit(ours.own, connection, [service.message(each, PEOPLE) for each in some], "list")


def _subscribe(ours: Service, connection: Connection) -> None:
    """Ten hooks, of which a few match what is measured."""
    for number in range(HOOKS_EACH):
        filters = {} if number < 3 else {"contains": f"word {number}"}
        hooks.subscribe(
            ours.own,
            connection.workspace,
            trigger="inbound_sms",
            target_url=f"{TARGET}/{number}",
            filters=filters,
        )


def _accept(ours: Service, connection: Connection) -> Sequence[str]:
    action = ours.own.catalog.action("send_sms")
    values = {**VALUES, "phone": [VALUES["phone"]]} if action.split == "phone" else VALUES
    manner = Manner(stamp=known.of(ours.own, connection.workspace).stamp)
    made = accept.accept(ours.own, connection, action, values, manner)
    return made.job_ids
