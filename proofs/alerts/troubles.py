"""Troubles: what is done to a running service, and the alert that it has to raise."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proofs.rig.receiver import Reply
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import World

AWAY_SECONDS = 20.0
"""How long the store is away; the alert asks for more than five seconds."""
BUSY = Reply(status=429, headers={"Retry-After": "1"})


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """`begin` lasts until the alert can fire; `end` makes the service well again."""

    name: str
    alert: str
    begin: Callable[[World, Sink], object]
    end: Callable[[World, Sink], object] = lambda world, _: world.leave()


def _silent(world: World, _: Sink) -> None:
    world.connect_pairfon()
    world.fault("hang", "", times=0)
    for number in range(4):
        world.send(message=f"Silent {number}")


def _limited(world: World, _: Sink) -> None:
    world.connect_pairfon()
    for number in range(150):
        world.send(message=f"Backlog {number}")


def _busy(world: World, sink: Sink) -> None:
    world.connect_pairfon()
    sink.plan("/hook", *[BUSY] * 1000)
    Hooked(world, sink)
    for number in range(5):
        world.inject(f"Busy {number}")


def _well(world: World, sink: Sink) -> None:
    sink.plan("/hook")
    world.leave()


def _gone(world: World, sink: Sink) -> None:
    world.connect_pairfon()
    sink.plan("/gone", Reply(status=410))
    Hooked(world, sink, "/gone")
    world.inject("Gone")


def _lost(world: World, _: Sink) -> None:
    world.connect_cloud()
    world.fault("cut_after", "POST", world.cloud_key, times=0)
    world.send(message="Lost")


def _refused(world: World, _: Sink) -> None:
    world.connect_pairfon()
    world.fault("status", "POST /zapier/send-sms", code=422, times=0)
    for number in range(20):
        world.send(message=f"Refused {number}")


def _without_store(world: World, _: Sink) -> None:
    world.stack.kill("redis")


def _with_store(world: World, _: Sink) -> None:
    world.stack.start("redis")
    until(world.stack.is_ready, "the service ready")


def _store_back(world: World, sink: Sink) -> None:
    world.stack.kill("redis")
    time.sleep(AWAY_SECONDS)
    _with_store(world, sink)


def _no_worker(world: World, _: Sink) -> None:
    world.stack.kill("worker")


def _worker(world: World, _: Sink) -> None:
    world.stack.start("worker")


TROUBLES: Sequence[Trouble] = (
    Trouble(name="W1: silent account", alert="HooklineAccountSilent", begin=_silent),
    Trouble(name="W3: used-up limit", alert="HooklineBacklog", begin=_limited),
    Trouble(name="W4: busy target", alert="HooklineDeliveriesLate", begin=_busy, end=_well),
    Trouble(name="W7: no store", alert="HooklineDown", begin=_without_store, end=_with_store),
    Trouble(name="W7: store back", alert="HooklineStoreAway", begin=_store_back),
    Trouble(name="no worker", alert="HooklineCheckFails", begin=_no_worker, end=_worker),
    Trouble(name="gone target", alert="HooklineDeliveriesDead", begin=_gone, end=_well),
    Trouble(name="lost answer", alert="HooklineOutcomesUnknown", begin=_lost),
    Trouble(name="refused sends", alert="HooklineSendsFail", begin=_refused),
)
