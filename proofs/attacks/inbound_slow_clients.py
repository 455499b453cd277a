"""S6: 500 slow clients of each kind at once, and honest requests all the while."""

from __future__ import annotations

import resource
import time

import requests

from proofs.attacks.inbound_crowd import Crowd, kinds
from proofs.attacks.inbound_wire import served
from proofs.attacks.outcome import Outcome, judged, seconds_for
from proofs.rig.stack import Stack, World

FIGURE = "S6"
GOAL = "500 slow connections of each kind: 99 % of honest requests served; none held permanently."
LEAST_SERVED = 0.99
LEAST_ASKED = 100
"""So many that one of them may fail."""
NEVER = float("inf")
MOST_FAILED = 3
"""Then the service is down, and to go on would only take time."""
HONEST_SECONDS = 10.0
"""An honest request that takes longer was not served."""
FOREVER = 75.0
"""Seconds after which every slow connection must have been cut. The longest of our limits is
30 s for a header, so a busy machine has room."""


def run(stack: Stack, *, short: bool, seed: int) -> Outcome:
    """Slow headers, bodies and readers together, each coming back when it is cut off."""
    _raise_file_limit()
    world = stack.workspace()
    each, seconds = (60, 3.0) if short else (500, 60.0)
    crowds = [Crowd(stack.port, kind, each, seed) for kind in kinds(world.key)]
    try:
        for crowd in crowds:
            crowd.gather()
        times = _honest(world, crowds, seconds)
        held = 0 if short else _held(stack, crowds)
    finally:
        for crowd in crowds:
            crowd.leave()
    served = [took for took in times if took <= seconds_for(HONEST_SECONDS)]
    counts = {"slow_connections": each * len(crowds), "honest": len(times), "served": len(served)}
    counts["p95_ms"] = round(min(sorted(times)[int(len(times) * 0.95)], 999.0) * 1000)
    counts |= {} if short else {"held_after_75_s": held}
    kept = len(served) >= LEAST_SERVED * len(times) and not held
    return judged(FIGURE, GOAL, counts, passed=kept)


def _honest(world: World, crowds: list[Crowd], seconds: float) -> list[float]:
    """Seconds of each honest request, endless where there was no answer of the right kind."""
    found: list[float] = []
    ends = time.monotonic() + seconds
    while (time.monotonic() < ends or len(found) < LEAST_ASKED) and found.count(NEVER) < max(
        MOST_FAILED, len(found) // 50
    ):
        for crowd in crowds:
            crowd.drip()
        began = time.monotonic()
        wrong = _wrong(world)
        took = time.monotonic() - began
        if wrong:
            print(f"S6: honest request {len(found) + 1} after {took:.1f} s: {wrong}", flush=True)
        found.append(NEVER if wrong else took)
    return found


def _wrong(world: World) -> str:
    """What an honest request met, "" where it was served."""
    try:
        answer = world.call("GET", "/v1/me")
    except requests.RequestException as error:
        return type(error).__name__
    return "" if answer.ok else f"{answer.status_code} {answer.text[:200]}"


def _held(stack: Stack, crowds: list[Crowd]) -> int:
    """How many of the connections of this moment outlive FOREVER, dripping on."""
    present = [crowd.fixed() for crowd in crowds]
    ours = set().union(*(crowd.ports() for crowd in present))
    ends = time.monotonic() + seconds_for(FOREVER)
    while time.monotonic() < ends and ours & served(stack.children("web")):
        for crowd in present:
            crowd.drip()
        time.sleep(0.5)
    return len(ours & served(stack.children("web")))


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8_192)), hard))
