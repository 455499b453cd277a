"""W17: one caller's heavy webhook holds up no other call."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import requests

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

OTHERS_WITHIN = 1.5
ROW_BYTES = 160


@dataclass(frozen=True, kw_only=True)
class Size:
    """`bodies` of some `kilobytes` of equal texts; other accounts call meanwhile."""

    bodies: int
    kilobytes: int
    callers: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w17", seed), Findings(slack=arena.slack)
    heavy, other = scene.account(), scene.account(healthy=True)
    scene.hook(heavy)
    [entry] = heavy.control("GET", "state")["webhooks"] or [{"url": ""}]
    ending, seen = threading.Event(), list[tuple[float, int]]()
    callers = [
        threading.Thread(target=_calls, args=(other, ending, seen)) for _ in range(size.callers)
    ]
    for each in callers:
        each.start()
    time.sleep(1)
    took = max(_posted(entry["url"], size, number) for number in range(size.bodies))
    sent = scene.probe(1)
    ending.set()
    for each in callers:
        each.join()
    closing = scene.close()
    slowest = max(took for took, _ in seen)
    refused = sum(status != 200 for _, status in seen)
    findings.within(slowest, OTHERS_WITHIN, f"another's call took {slowest:.1f} s")
    findings.want(not refused, f"{refused} of {len(seen)} other calls refused")
    measured = (
        f"{size.bodies} webhooks of {size.kilobytes} KB of equal texts, each answered within"
        f" {took:.1f} s: {len(seen)} calls of others, slowest {slowest:.2f} s, {refused} refused;"
        f" slowest send {sent:.1f} s"
    )
    return findings.judged(closing, measured, life=scene.life())


def _posted(url: str, size: Size, number: int) -> float:
    """Seconds until the webhook's answer; each body has ids of its own."""
    count = size.kilobytes * 1000 // ROW_BYTES
    first, at = 1_000_000 * (number + 1), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    usual: dict[str, Any] = {"phone": "+14155550123", "message": "At the gate", "received_at": at}
    usual |= {"sim_slot": "SIM1", "device_fingerprint": "sandbox-phone-1"}
    rows = [{"id": first + one, **usual} for one in range(count)]
    began = time.monotonic()
    answer = requests.post(url, json=rows, timeout=60)
    assert answer.status_code in (200, 413, 503), answer.text
    return time.monotonic() - began


def _calls(world: World, ending: threading.Event, seen: list[tuple[float, int]]) -> None:
    while not ending.is_set():
        began = time.monotonic()
        status = world.call("GET", "/v1/triggers/inbound-sms").status_code
        seen.append((time.monotonic() - began, status))
        time.sleep(0.02)


FIGURE = Figure(
    key="w17",
    goal="webhooks of 240 KB of equal texts: no other call refused, none over 1.5 s",
    run=run,
    short=Size(bodies=3, kilobytes=220, callers=4),
    long=Size(bodies=200, kilobytes=240, callers=8),
)
