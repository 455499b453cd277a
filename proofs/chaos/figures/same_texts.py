"""W10: no setting, re-paired phone or spelling makes a text new; true repeats still count."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.restarting import with_settings
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

ME = "sandbox-phone-1"
AT = "2026-11-28T21:00:{:02d}.700000Z"
SYNCS_SECONDS = 8.0
"""The arena polls every 3 s."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`texts` for each kind of account."""

    texts: int


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings = Scene(arena, "w10", seed), Findings(slack=arena.slack)
    kinds = _kinds(scene, size)
    twins = _twins(scene, size)
    paired = kinds["a re-paired phone"][0]
    paired.control("POST", "repaired", {"device_fingerprint": ME, "new_fingerprint": "phone-two"})
    time.sleep(SYNCS_SECONDS)
    with with_settings(arena, DEFAULT_REGION="US"):
        time.sleep(SYNCS_SECONDS)
        scene.leap(610, step=610)
    again = {kind: _extra(scene, world, 1) for kind, (world, _) in kinds.items()}
    for kind, count in again.items():
        findings.want(not count, f"{kind}: {count} texts again")
    missing, repeats = _twin_posts(twins, size)
    findings.want(not missing, f"{missing} true repeats swallowed")
    findings.want(not repeats, f"{repeats} repeats too many")
    closing = scene.close()
    measured = (
        f"{len(kinds)} changes × {size.texts} texts: {sum(again.values())} given again;"
        f" {2 * size.texts} texts that came twice in a second: {missing} swallowed"
    )
    return findings.judged(closing, measured, life=scene.life())


def _kinds(scene: Scene, size: Size) -> dict[str, tuple[World, list[str]]]:
    return {
        "a region set later": _account(scene, size, phone="4155550123"),
        "a re-paired phone": _account(scene, size),
        "rounded times": _account(
            scene, size, forms={"list": ["truncate"], "webhook": ["round"], "history": ["round"]}
        ),
        "line ends and white space": _account(
            scene, size, forms={"list": ["crlf"], "history": ["trim"], "latest": ["nfd"]}
        ),
    }


def _account(scene: Scene, size: Size, phone: str = "", **habits: Any) -> tuple[World, list[str]]:
    """Its texts have come by every channel."""
    world = scene.account(**habits)
    scene.hook(world)
    texts = [f"{scene.name()} Caf\u00e9\nat noon " for _ in range(size.texts)]
    for number, text in enumerate(texts):
        number_of = phone or f"+1415557{number:04d}"
        given = {"phone": number_of, "message": text, "received_at": AT.format(number % 60)}
        world.control("POST", "inbound", given)
    scene.inbound += size.texts
    _settled(scene, world, size.texts)
    return world, texts


def _settled(scene: Scene, world: World, count: int) -> None:
    end = time.monotonic() + 30
    while len(_ids(scene, world)) < count and time.monotonic() < end:
        time.sleep(0.2)


def _ids(scene: Scene, world: World) -> set[str]:
    """The webhook-ids that the account's hook got."""
    posts = scene.posts(scene.path(world)).values()
    return {line["webhook_id"] for lines in posts for line in lines}


def _extra(scene: Scene, world: World, each: int) -> int:
    """How many webhook-ids there are beyond `each` for a text, in whatever spelling."""
    texts = {" ".join(text.split()[:2]) for text in scene.posts(scene.path(world))}
    return len(_ids(scene, world)) - each * len(texts)


def _twins(scene: Scene, size: Size) -> World:
    """Each text comes twice within a second, from one number, under two ids."""
    world = scene.account()
    scene.hook(world, "/twins")
    for number in range(size.texts):
        given = {"phone": "+14155550123", "message": f"twin {number}"}
        at = {"received_at": AT.format(number % 60)[:19] + "Z"}
        world.control("POST", "inbound", [given | at, given | at])
    return world


def _twin_posts(world: World, size: Size) -> tuple[int, int]:
    """How many are missing, and how many too many."""
    count = len(world.inbox(limit=100))
    return max(0, 2 * size.texts - count), max(0, count - 2 * size.texts)


FIGURE = Figure(
    key="w10",
    goal="a region set later, a re-paired phone, rounding, line ends: no text again, repeats count",
    run=run,
    short=Size(texts=10),
    long=Size(texts=40),
)
