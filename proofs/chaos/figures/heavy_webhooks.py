"""W17: one caller's heavy webhook holds up no other call."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

OTHERS_WITHIN = 0.6
AT_ONCE = 3


@dataclass(frozen=True, kw_only=True)
class Size:
    """`bodies` of some `kilobytes` of equal texts or odd rows; other accounts call meanwhile."""

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
    with ThreadPoolExecutor(AT_ONCE) as posting:
        took = max(posting.map(partial(_posted, entry["url"], size), range(size.bodies)))
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
        f"{size.bodies} webhooks of {size.kilobytes} KB of equal texts or odd rows, each answered"
        f" within {took:.1f} s: {len(seen)} calls of others, slowest {slowest:.2f} s, {refused}"
        f" refused; slowest send {sent:.1f} s"
    )
    return findings.judged(closing, measured, life=scene.life())


def _posted(url: str, size: Size, number: int) -> float:
    """Seconds until the webhook's answer; each body has ids of its own."""
    kind, first = KINDS[number % len(KINDS)], 1_000_000 * (number + 1)
    one = len(_written([kind(first)])) - 1
    body = _written([kind(first + each) for each in range(size.kilobytes * 1000 // one)])
    began = time.monotonic()
    headers = {"Content-Type": "application/json"}
    answer = requests.post(url, data=body, headers=headers, timeout=60)
    assert answer.status_code in (200, 202, 413, 503), answer.text
    return time.monotonic() - began


def _equal(number: int) -> dict[str, Any]:
    """A text that is like all others but for its id."""
    return {"id": number, "phone": "777", "message": "a", "received_at": int(time.time())}


def _odd(number: int) -> dict[str, Any]:
    """No text: nobody sent it at any time."""
    return {"id": number, "message": "a"}


KINDS = (_equal, _equal, _odd)


def _written(rows: list[dict[str, Any]]) -> bytes:
    """As short as can be: the more rows, the longer they take."""
    return json.dumps(rows, separators=(",", ":")).encode()


def _calls(world: World, ending: threading.Event, seen: list[tuple[float, int]]) -> None:
    while not ending.is_set():
        began = time.monotonic()
        status = world.call("GET", "/v1/triggers/inbound-sms").status_code
        seen.append((time.monotonic() - began, status))
        time.sleep(0.02)


FIGURE = Figure(
    key="w17",
    goal="webhooks of 240 KB of equal texts or odd rows: no other call refused, none over 0.6 s",
    run=run,
    short=Size(bodies=3, kilobytes=240, callers=4),
    long=Size(bodies=200, kilobytes=240, callers=8),
)
