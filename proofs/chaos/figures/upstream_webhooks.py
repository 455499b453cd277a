"""W12: a list that drops us and a refused key get few calls; the first cause stays."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene, calls
from proofs.rig.stack import World

MOST = 8
"""Calls in the first two minutes, as the contract has it."""
SHOWN_SECONDS = 30.0
WEBHOOKS = "/webhooks/inbound-sms"
OTHER = "https://example.com/their-own"


@dataclass(frozen=True, kw_only=True)
class Size:
    """`accounts` of each kind; the leaps and the pauses between them make two minutes.

    Few are `refused`: from the 16th refusal on, the provider tells our address to slow down, and
    says nothing of a key any more.
    """

    accounts: int
    refused: int = 1
    leaps: int = 5


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w12", seed), Findings(slack=arena.slack)
    dropping = [_dropping(scene) for _ in range(size.accounts)]
    refused = [_refused(scene) for _ in range(size.refused)]
    emptied = [_emptied(scene) for _ in range(size.accounts)]
    scene.breaking += len(scene.worlds)
    began = time.time()
    time.sleep(2)
    for _ in range(size.leaps):
        scene.leap()
    puts = max(len(calls(each, began - 5, f"PUT {WEBHOOKS}")) for each in dropping)
    asked = max(len(calls(each, began)) for each in refused)
    causes = _causes(refused)
    _mend([*dropping, *refused])
    back = _await(scene, lambda: all(_ours(scene, each) for each in scene.worlds))
    theirs = all(OTHER in _urls(each) for each in emptied)
    closing = scene.close()
    findings.want(puts <= MOST, f"{puts} PUTs in two minutes to a list that drops us")
    findings.want(asked <= MOST, f"{asked} calls in two minutes with a refused key")
    lost = [each for each in causes if "rate limit" in each.lower() or not _names_key(each)]
    findings.want(not lost, f"a refused key is shown as {lost[0][:160] if lost else ''}")
    findings.want(back, "our entry did not come back")
    findings.want(theirs, "the user's own webhook is gone")
    measured = (
        f"{len(scene.worlds)} accounts: {puts} PUTs in two minutes to a list that drops us, {asked}"
        f" calls with a refused key, whose cause was shown; all registered again once mended"
    )
    return findings.judged(closing, measured, life=scene.life())


def _dropping(scene: Scene) -> World:
    world = scene.account(webhooks_drop="/ingress/")
    scene.hook(world)
    return world


def _refused(scene: Scene) -> World:
    world = scene.account()
    scene.hook(world)
    _await(scene, lambda: _ours(scene, world))
    world.control("PUT", "settings", {"revoked": True})
    return world


def _emptied(scene: Scene) -> World:
    """Somebody else has put a list of their own in the place of the one with ours."""
    world = scene.account()
    scene.hook(world)
    _await(scene, lambda: _ours(scene, world))
    body = {"webhooks": [{"url": OTHER, "active": True}]}
    path = f"/pairfon{WEBHOOKS}"
    answer = scene.arena.sandbox.call("PUT", path, world.pairfon_key, json=body)
    assert answer.ok, answer.text
    return world


def _mend(worlds: list[World]) -> None:
    for each in worlds:
        each.control("PUT", "settings", {"revoked": False, "webhooks_drop": ""})


def _await(scene: Scene, condition: Callable[[], bool], leaps: int = 30) -> bool:
    for _ in range(leaps):
        if condition():
            return True
        scene.leap()
    return condition()


def _ours(scene: Scene, world: World) -> bool:
    return any(url.startswith(scene.arena.url) for url in _urls(world))


def _urls(world: World) -> list[str]:
    return [each["url"] for each in world.control("GET", "state")["webhooks"]]


def _shown(world: World) -> str:
    """The connection as its user sees it."""
    [connection] = world.get("/v1/connections")["data"]
    return json.dumps(connection)


def _causes(worlds: list[World]) -> list[str]:
    """What their users see, once all keys were tried; a busy machine may take a while for that."""
    end = time.monotonic() + SHOWN_SECONDS
    while True:
        shown = [_shown(each) for each in worlds]
        if all(map(_names_key, shown)) or time.monotonic() > end:
            return shown
        time.sleep(0.5)


def _names_key(shown: str) -> bool:
    return '"health": "failing"' in shown and "key" in shown.lower()


FIGURE = Figure(
    key="w12",
    goal="a list that drops us, a refused key: at most 8 calls in two minutes, cause kept, back",
    run=run,
    short=Size(accounts=1),
    long=Size(accounts=20, refused=4),
)
