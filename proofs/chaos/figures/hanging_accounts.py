"""W11: accounts that hang delay no subscription, no new connection and no other's sync."""

from __future__ import annotations

import time
from dataclasses import dataclass

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

ANSWER_WITHIN = 5.0
SYNC_WITHIN = 12.0
"""The arena polls every 3 s; a text without a webhook is at its hook a few polls later."""


@dataclass(frozen=True, kw_only=True)
class Size:
    hanging: int
    texts: int
    pause: float


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w11", seed), Findings(slack=arena.slack)
    good, shared = scene.account(), scene.account()
    scene.hook(good)
    for _ in range(size.hanging):
        scene.fault(scene.account(), "hang", match="")
        scene.silent += 1
    connected = max(_connect(scene, shared, f"pf_{shared.name}_{n}") for n in range(size.hanging))
    subscribed = max(_subscribed(scene, each) for each in scene.worlds[1:])
    texts = []
    for _ in range(size.texts):
        texts += scene.receive(good, webhook=False)
        time.sleep(size.pause)
    scene.await_posts(scene.path(good), texts, 30)
    synced = max(scene.waits(scene.path(good), texts))
    ready = arena.is_ready()
    scene.clear()
    closing = scene.close()
    findings.within(subscribed, ANSWER_WITHIN, f"a subscription took {subscribed:.1f} s")
    findings.within(connected, ANSWER_WITHIN, f"a connection took {connected:.1f} s to make")
    findings.within(synced, SYNC_WITHIN, f"a good account's text took {synced:.1f} s")
    findings.want(ready, "/readyz was not ok")
    measured = (
        f"{2 * size.hanging} accounts that hang: a subscription within {subscribed:.1f} s, a new"
        f" connection within {connected:.1f} s, a good account's text within {synced:.1f} s"
    )
    return findings.judged(closing, measured, life=scene.life())


def _subscribed(scene: Scene, world: World) -> float:
    began = time.monotonic()
    scene.hook(world, "/first")
    return time.monotonic() - began


def _connect(scene: Scene, world: World, key: str) -> float:
    """Connect an account that hangs from the first call on; whatever the answer, it comes soon."""
    world.fault("hang", "", key=key, times=0)
    began = time.monotonic()
    url = f"{scene.arena.sandbox.url}/pairfon"
    answer = world.post("/v1/connections", provider="pairfon", api_key=key, base_url=url)
    took = time.monotonic() - began
    if answer.status_code >= 500 and answer.status_code not in (502, 504):
        scene.wrong.append(f"a new connection: {answer.status_code} {answer.text[:120]}")
    return took


FIGURE = Figure(
    key="w11",
    goal="accounts that hang: POST /hooks and /connections answer in 5 s, others are synced",
    run=run,
    short=Size(hanging=4, texts=3, pause=1.5),
    long=Size(hanging=50, texts=100, pause=3),
)
