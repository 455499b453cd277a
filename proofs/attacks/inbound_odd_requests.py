"""S5: oversized and odd requests to us: each refused at once, and nothing of it kept in memory."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from proofs.attacks.inbound_odd_bodies import bodies
from proofs.attacks.inbound_odd_heads import heads
from proofs.attacks.inbound_wire import Reply, exchange, resident
from proofs.attacks.outcome import Outcome, judged, seconds_for
from proofs.rig.stack import Stack, World

FIGURE = "S5"
GOAL = "Odd requests: refused with a 4xx or cut off, never a 5xx, memory of the web within 20 MB."
PROMPT_SECONDS = 5.0
"""Generous for a busy machine; the slowest refusal here is a matter of milliseconds."""
MOST_GROWTH = 20 * 1024 * 1024
KEPT = 202
"""Ingress answers so when it keeps a body that it cannot read, as the contract says."""

Case = tuple[str, Iterable[bytes]]


def run(stack: Stack, *, short: bool, seed: int) -> Outcome:
    """Every odd request, in random order, several times; once before memory is measured."""
    world = stack.workspace()
    world.connect_pairfon()
    _round(stack, world, random.Random(seed))
    before = resident(stack.children("web"))
    tried, slow = 0, 0
    wrong: list[str] = []
    for lap in range(1 if short else 20):
        for name, reply in _round(stack, world, random.Random(seed + lap)):
            tried += 1
            wrong.extend([] if _refused(name, reply) else [name])
            slow += reply.seconds > seconds_for(PROMPT_SECONDS)
    growth = max(0, resident(stack.children("web")) - before)
    counts = {"requests": tried, "not_refused": len(wrong), "slower_than_5_s": slow}
    counts["MB_grown"] = growth >> 20
    passed = not wrong and not slow and growth <= MOST_GROWTH
    outcome = judged(FIGURE, GOAL, counts, passed=passed)
    names = ", ".join(sorted(set(wrong)))
    return replace(outcome, line=f"{outcome.line} ({names})") if wrong else outcome


def _round(stack: Stack, world: World, chance: random.Random) -> list[tuple[str, Reply]]:
    cases = [*bodies(world), *heads(world)]
    chance.shuffle(cases)
    return [(name, exchange(stack.port, parts)) for name, parts in cases]


def _refused(name: str, reply: Reply) -> bool:
    if reply.status == KEPT:
        return name.startswith("ingress")
    if 400 <= reply.status < 500:
        return b"<html" not in reply.body
    # To one that keeps sending, the close itself may come before the refusal that it follows.
    return reply.status == 0 and name.startswith(("cut", "endless"))
