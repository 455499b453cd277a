"""W7: after hundreds of errors of the store a web process accepts every call again."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

BACK_SECONDS = 10.0
"""How long after the store's return a call may still be refused."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`errors` calls must fail in the outages; `calls` of each kind must be accepted after."""

    errors: int
    callers: int
    calls: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w7", seed), Findings(slack=arena.slack)
    world = scene.account(healthy=True)
    scene.hook(world)
    failed = _outages(scene, world, size)
    scene.breaking = 1
    waited = _accepted_again(world)
    refused = _refused(scene, world, size.calls)
    closing = scene.close()
    findings.within(waited, BACK_SECONDS, f"calls were refused for {waited:.0f} s after the store")
    findings.want(failed >= size.errors, f"only {failed} calls failed")
    wanted = {kind: count for kind, count in refused.items() if count}
    findings.want(not wanted, f"refused after the store was back: {wanted}")
    measured = (
        f"{failed} calls failed while the store stood still or was cut off; {waited:.1f} s after"
        f" it was back {3 * size.calls - sum(refused.values())} of {3 * size.calls} sends, polls"
        " and webhooks were accepted"
    )
    return findings.judged(closing, measured, life=scene.life())


def _outages(scene: Scene, world: World, size: Size) -> int:
    """Broken connections and standstills in turn, until so many calls have failed."""
    ending, statuses = threading.Event(), Counter[int]()
    callers = [
        threading.Thread(target=_press, args=(scene, world, number, ending, statuses))
        for number in range(size.callers)
    ]
    for each in callers:
        each.start()
    end = time.monotonic() + (60 + size.errors / 10) * scene.arena.slack
    while _failed(statuses) < size.errors and time.monotonic() < end:
        _cut(scene.arena, 1.0)
        scene.arena.pause("redis")
        time.sleep(2.5)
        scene.arena.resume("redis")
    ending.set()
    for each in callers:
        each.join()
    return _failed(statuses)


def _failed(statuses: Counter[int]) -> int:
    return sum(count for status, count in list(statuses.items()) if status not in (200, 202))


def _cut(arena: Arena, seconds: float) -> None:
    """Break the service's connections again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        arena.db.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        time.sleep(0.05)


def _press(
    scene: Scene, world: World, number: int, ending: threading.Event, statuses: Counter[int]
) -> None:
    """Polls, webhooks and sends by turns; under one key, so that no text is accepted twice."""
    ingress, text = _ingress(world), scene.name()
    headers = {"Idempotency-Key": text}
    body = {"phone": "+14155550123", "message": text}
    calls: list[Callable[[], requests.Response]] = [
        lambda: world.call("GET", "/v1/triggers/inbound-sms"),
        lambda: requests.post(ingress, json=_row(scene, number), timeout=30),
        lambda: world.call("POST", "/v1/actions/send-sms", json=body, headers=headers),
    ]
    for call in itertools.cycle(calls):
        if ending.is_set():
            return
        statuses[_status(call)] += 1


def _status(ask: Callable[[], requests.Response]) -> int:
    """0 is no answer."""
    try:
        return ask().status_code
    except requests.RequestException:
        return 0


def _accepted_again(world: World) -> float:
    began = time.monotonic()
    while time.monotonic() < began + 6 * BACK_SECONDS:
        if _status(lambda: world.call("GET", "/v1/triggers/inbound-sms")) == 200:
            break
        time.sleep(0.2)
    return time.monotonic() - began


def _refused(scene: Scene, world: World, count: int) -> dict[str, int]:
    """Calls that are not accepted at the first try, by kind."""
    ingress = _ingress(world)
    kinds: dict[str, Callable[[int], Any]] = {
        "polls": lambda _: world.call("GET", "/v1/triggers/inbound-sms").status_code == 200,
        "webhooks": lambda number: _webhook(scene, ingress, number),
        "sends": lambda _: _sent(scene, world),
    }
    return {
        kind: sum(not accept(number) for number in range(count)) for kind, accept in kinds.items()
    }


def _sent(scene: Scene, world: World) -> bool:
    before = len(scene.wrong)
    scene.send(world)
    return len(scene.wrong) == before


def _ingress(world: World) -> str:
    return str(world.control("GET", "state")["webhooks"][0]["url"])


def _webhook(scene: Scene, url: str, number: int) -> bool:
    return _status(lambda: requests.post(url, json=_row(scene, number), timeout=30)) == 200


def _row(scene: Scene, number: int) -> dict[str, Any]:
    return {
        "id": 900_000 + number,
        "phone": "+14155550123",
        "message": f"by webhook {scene.label} {number}",
        "sim_slot": "SIM1",
        "device_fingerprint": "sandbox-phone-1",
        "received_at": "2026-11-28T21:00:00Z",
    }


FIGURE = Figure(
    key="w7",
    goal="hundreds of calls that met a broken store: within 10 s every call is accepted again",
    run=run,
    short=Size(errors=1000, callers=120, calls=10),
    long=Size(errors=5000, callers=60, calls=100),
)
