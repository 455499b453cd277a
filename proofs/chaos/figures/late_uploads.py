"""W9: whatever the provider still shows anywhere comes in, however late and in whatever order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

ODD_TIMES: tuple[Any, ...] = (
    "Sat, 28 Nov 2026 21:00:00 GMT",
    "2026-11-28 21:00:00 UTC",
    "20261128210000",
    1_795_899_600_000_000,
    None,
)
COMPARED_SECONDS = 600.0
"""Counts of conversations are compared at least so often."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`late` texts of the last hour come at once to accounts whose list shows `listed`."""

    late: int
    listed: int
    looks: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w9", seed), Findings(slack=arena.slack)
    owed = {
        "uploaded late": _late(scene, size),
        "late, in order of their times": _late(scene, size, inbound_order="received_at"),
        "late, counts of inbound alone": _late(
            scene, size, inbound_order="received_at", conversation_counts="inbound"
        ),
        "a clock 20 minutes slow": _slow(scene, size),
        "a burst into an empty list": _burst(scene, size),
    }
    odd = _odd_rows(scene)
    left = _awaited(scene, owed, size.looks)
    for kind, missing in left.items():
        findings.want(not missing, f"{kind}: {missing} of {size.late} texts not in")
    silent = _unseen(odd)
    findings.want(not silent, f"{silent} odd rows neither an event nor counted")
    closing = scene.close()
    measured = (
        f"{len(owed)} ways to be late × {size.late} texts, list of {size.listed}:"
        f" {sum(left.values())} missing; {2 * len(ODD_TIMES)} rows without text or with an odd"
        f" time: {silent} passed over in silence"
    )
    return findings.judged(closing, measured, life=scene.life())


def _account(scene: Scene, size: Size, **habits: Any) -> World:
    world = scene.account(inbound_window=size.listed, **habits)
    scene.hook(world)
    return world


def _late(scene: Scene, size: Size, **habits: Any) -> tuple[World, list[str]]:
    """A full list of new texts that came by webhook, we wrote to everyone, and then old ones."""
    world = _account(scene, size, **habits)
    known = scene.receive(world, size.listed + 1)
    scene.await_posts(scene.path(world), known, 30)
    scene.send(world, phone="+14155560000")
    texts, now = [], datetime.now(UTC)
    for number in range(size.late):
        at = now - timedelta(seconds=3600 - 60 * (number % 55))
        phone = f"+1415558{number % 7:04d}"
        texts += scene.receive(world, phone=phone, webhook=False, received_at=_written(at))
    return world, texts


def _slow(scene: Scene, size: Size) -> tuple[World, list[str]]:
    """Its list is in order of times, all of which lie behind those that we saw before."""
    world = _account(scene, size, inbound_order="received_at")
    known = scene.receive(world, size.listed + 1)
    scene.await_posts(scene.path(world), known, 30)
    world.control("PUT", "settings", {"clock_offset": -1200})
    return world, scene.receive(world, size.late, webhook=False)


def _burst(scene: Scene, size: Size) -> tuple[World, list[str]]:
    world = _account(scene, size)
    scene.leap(0)
    return world, scene.receive(world, size.late, webhook=False)


def _odd_rows(scene: Scene) -> World:
    """Not by this scene's label: a text that is not there cannot be looked for."""
    world = scene.account()
    scene.hook(world)
    for number, odd in enumerate(ODD_TIMES):
        for row in ({"received_at": odd}, {"message": None}):
            shown = f"odd {len(scene.label)} {number}"
            given = {"message": shown, "phone": f"+1415556{number:04d}", "row": row}
            world.control("POST", "inbound", given | {"webhook": number % 2 == 0})
    return world


def _awaited(scene: Scene, owed: dict[str, tuple[World, list[str]]], looks: int) -> dict[str, int]:
    left: dict[str, int] = {}
    for look in range(looks):
        for kind, (world, texts) in owed.items():
            left[kind] = len(scene.await_posts(scene.path(world), texts, 0.5))
        if not any(left.values()):
            break
        seconds = 60 if look else COMPARED_SECONDS
        scene.leap(seconds, step=seconds)
    return left


def _unseen(world: World) -> int:
    """Rows that are neither an event of the inbox nor in a number that the connection shows."""
    events = world.inbox(limit=100)
    [connection] = world.get("/v1/connections")["data"]
    counted = sum(
        value for name, value in connection.items() if "unread" in name and isinstance(value, int)
    )
    return max(0, 2 * len(ODD_TIMES) - len(events) - counted)


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


FIGURE = Figure(
    key="w9",
    goal="late uploads, slow clocks, bursts, odd rows: every text comes in, or is counted",
    run=run,
    short=Size(late=30, listed=20, looks=12),
    long=Size(late=300, listed=50, looks=60),
)
