"""W6: a gap over more conversations than a minute's limit is filled, and sends go first."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene, calls
from proofs.rig.stack import World

SEND_WITHIN = 5.0
COMPARED_SECONDS = 600.0
HISTORY = "/chat/messages"


@dataclass(frozen=True, kw_only=True)
class Size:
    """`conversations` get a text each while webhooks are lost; the provider takes `limit` calls
    in `window` seconds and lists the newest `listed` texts. The common time moves on by `leap`
    between two looks."""

    conversations: int
    window: float
    leap: float
    looks: int
    limit: int = 100
    listed: int = 50


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w6", seed), Findings(slack=arena.slack)
    gap, told = (_account(scene, size) for _ in range(2))
    began = time.time()
    missed = scene.receive(gap, size.conversations, webhook=False)
    # What webhooks carried is held already, however long the list is.
    carried = scene.receive(told, size.conversations)
    scene.healthy = [gap]
    sending = threading.Thread(target=scene.steadily, args=(12, 1.5, scene.send))
    sending.start()
    left = _filled(scene, gap, missed, size)
    sending.join()
    slowest, took = scene.probe(0), time.time() - began
    scene.leap(COMPARED_SECONDS, step=COMPARED_SECONDS)  # Counts are compared once more.
    astray = scene.await_posts(scene.path(told), carried, 20)
    reads = {world.name: len(calls(world, began, HISTORY)) for world in (gap, told)}
    closing = scene.close()
    findings.want(not left, f"{len(left)} of {len(missed)} missed texts not in")
    findings.want(not astray, f"{len(astray)} texts of webhooks reached no hook")
    findings.within(slowest, SEND_WITHIN, f"a send took {slowest:.1f} s beside the back-fill")
    most = 2 * size.conversations
    findings.want(reads[gap.name] <= most, f"{reads[gap.name]} histories read for the gap")
    idle = reads[told.name]
    findings.want(idle <= size.conversations // 10, f"{idle} histories read for no gap")
    measured = (
        f"{size.conversations} conversations missed: filled in {took:.0f} s with"
        f" {reads[gap.name]} histories read, slowest send {slowest:.1f} s; by webhook: {idle} read"
    )
    return findings.judged(closing, measured, life=scene.life())


def _account(scene: Scene, size: Size) -> World:
    """A hooked account that already had one text, so that the gap is a gap."""
    world = scene.account(inbound_window=size.listed)
    scene.limited += 1
    scene.hook(world)
    scene.await_posts(scene.path(world), scene.receive(world), 30)
    limits = {"rate_limit": size.limit, "rate_window": size.window}
    world.control("PUT", "settings", limits)
    return world


def _filled(scene: Scene, world: World, texts: list[str], size: Size) -> list[str]:
    for _ in range(size.looks):
        left = scene.await_posts(scene.path(world), texts, 2)
        if not left:
            return []
        scene.leap(size.leap)
    return left


FIGURE = Figure(
    key="w6",
    goal="a gap over 150 conversations: all in, sends within 5 s, no history read without need",
    run=run,
    short=Size(conversations=120, window=10, leap=20, looks=14),
    long=Size(conversations=200, window=60, leap=0, looks=400),
)
