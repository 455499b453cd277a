"""Filling: a store with many events, hooks and jobs, made by the service's own functions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from integration.accounts import connection_cache, connections, gate
from integration.accounts.connections import Connection
from integration.hooks import subscriptions as hooks
from integration.inbound import inbox
from integration.inbound.commit import commit
from integration.jobs import accept, claim
from integration.jobs import finish as ending
from integration.jobs.accept import AcceptOptions
from integration.jobs.endings import success
from integration.kernel.events import CONVERSATION, MESSAGE, STATUS, Sent
from integration.services import Services
from integration.store import clock, keys
from proofs.bench import backlog, service
from proofs.bench.service import Service
from proofs.rig.sandbox import until
from proofs.rig.stack import World

HOOKS_EACH = 10
LARGEST_INBOX = 100_000
"""Events of the measured workspace at most: the default of RETENTION_EVENTS."""
NO_END = 1_000_000_000
FINISHED = 1_000
FILLERS = 32
"""Threads that fill: the server syncs its file once for all who wait for it at a time."""
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
    """Fill the store, the measured workspace with a tenth; returns the bytes that each took."""
    [home, *_] = connections.listed(ours.own, world.name)
    others = [neighbour(ours.own, number) for number in range(size.hooks // HOOKS_EACH - 1)]
    everyone = [home, *others]
    took: dict[str, float] = {}
    with ThreadPoolExecutor(FILLERS) as pool:
        with _counted(ours, took, "event", size.events):
            parts = zip(everyone, _shares(size.events, len(everyone)), strict=True)
            _all(pool, [partial(receive, ours.own, each, part) for each, part in parts])
        took["payload bytes"] = _payload(ours, everyone, size.events)
        with _counted(ours, took, "hook", size.hooks):
            _all(pool, [partial(subscribe, ours.own, each) for each in everyone])
        with _counted(ours, took, "queued job", size.jobs):
            parts = zip(everyone, _parts(size.jobs, len(everyone)), strict=True)
            _all(pool, [partial(accept_some, ours.own, each, part) for each, part in parts])
    took["event over payload"] = took["event bytes"] / took["payload bytes"]
    return took


def _shares(events: int, workspaces: int) -> list[int]:
    """A tenth for the measured workspace, as far as its inbox keeps them; the rest evenly."""
    home = min(events // 10, LARGEST_INBOX)
    return [home, *_parts(events - home, workspaces - 1)]


def _parts(count: int, among: int) -> list[int]:
    return [count // among + (number < count % among) for number in range(among)]


def _all(pool: ThreadPoolExecutor, steps: Sequence[Callable[[], object]]) -> None:
    for done in [pool.submit(step) for step in steps]:
        done.result()


def finish(ours: Service, world: World, size: Size, took: dict[str, float]) -> None:
    """Bring a tenth of as many jobs to their end, without a provider, and forget RQ's part as RQ
    does.

    They are so many that a table of the server, which grows meanwhile, is a part of each.
    """
    count = max(FINISHED, size.jobs // 10)
    events = keys.inbox(world.name, STATUS)
    before = ours.db.memory_usage(events, samples=0) or 0
    with _counted(ours, took, "finished job", count):
        finish_many(ours.own, world.name, count)
    # The event that tells of the sending is an event, not a part of the job.
    more = (ours.db.memory_usage(events, samples=0) or 0) - before
    took["finished job bytes"] -= more / count


def finish_many(own: Services, workspace: str, count: int) -> None:
    """Accept and end so many jobs over connections of their own, each one job after the other.
    A lane that is full has no claim for the next job."""
    lanes = [neighbour(own, number, workspace) for number in range(FILLERS)]
    with ThreadPoolExecutor(FILLERS) as pool:
        parts = zip(lanes, _parts(count, FILLERS), strict=True)
        _all(pool, [partial(_finish_some, own, each, part) for each, part in parts])


def _finish_some(own: Services, connection: Connection, count: int) -> None:
    for _ in range(count):
        _finish_one(own, connection)


def _claimed(own: Services, job_id: str) -> claim.Claim | None:
    """The claim of a job; None where the store holds its claims, for nobody agreed on the time."""
    clock.keep(own.db)
    return claim.claim(own, job_id, secrets.token_hex(8))


def _finish_one(own: Services, connection: Connection) -> None:
    [job_id] = accept_one(own, connection)
    held = until(lambda: _claimed(own, job_id), "a claimed job")
    ending.finish(own, held, success(Sent(provider_id=f"up-{job_id}")))
    own.db.lrem(f"rq:queue:{keys.RQ_ACTIONS}", -1, job_id)
    own.db.delete(f"rq:job:{job_id}")


@contextmanager
def _counted(ours: Service, took: dict[str, float], what: str, count: int) -> Iterator[None]:
    before = ours.server.used()
    yield
    took[f"{what} bytes"] = (ours.server.used() - before) / count


def _payload(ours: Service, filled: Sequence[Connection], received: int) -> float:
    """Bytes of JSON for each message received: its event, and its share of conversation events."""
    lengths = {}
    for kind in (MESSAGE, CONVERSATION):
        [newest] = inbox.newest(ours.own, filled[0].workspace, kind, 1)
        lengths[kind] = len(newest.json.encode())
    begun = sum(ours.db.xlen(keys.inbox(each.workspace, CONVERSATION)) for each in filled)
    return float(lengths[MESSAGE] + lengths[CONVERSATION] * begun / received)


def neighbour(own: Services, number: int, workspace: str = "") -> Connection:
    settings: Mapping[str, str] = {"api_key": f"pf_{number}", "base_url": "http://127.0.0.1:9"}
    name = workspace or f"neighbour{number}"
    made = connections.make(workspace=name, provider="pairfon", label="A phone", settings=settings)
    connections.save(own, made)
    return made


def receive(own: Services, connection: Connection, count: int) -> None:
    for first in range(0, count, 100):
        some: Sequence[int] = [next(backlog.numbers) for _ in range(min(100, count - first))]
        commit(own, connection, [service.message(each, PEOPLE) for each in some], "list")


def subscribe(own: Services, connection: Connection) -> None:
    """Ten hooks, of which a few match what is measured."""
    for number in range(HOOKS_EACH):
        filters = {} if number < 3 else {"contains": f"word {number}"}
        hooks.subscribe(
            own,
            connection.workspace,
            trigger="inbound_sms",
            target_url=f"{TARGET}/{number}",
            filters=filters,
        )


def accept_some(own: Services, connection: Connection, count: int) -> None:
    for _ in range(count):
        accept_one(own, connection)


def accept_one(own: Services, connection: Connection) -> Sequence[str]:
    action = own.catalog.action("send_sms")
    values = {**VALUES, "phone": [VALUES["phone"]]} if action.split == "phone" else VALUES
    stamp = connection_cache.of(own, connection.workspace).stamp
    options = AcceptOptions(stamp=stamp, pepper="", backlog=NO_END)
    command = accept.command(connection, action, values, options)
    command.call(gate.ADMITTED).run(own.db)
    return [job.id for job in command.jobs]
