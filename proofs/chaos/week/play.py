"""Plays the days of a profile: texts both ways at random moments, troubles at theirs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import requests

from proofs.chaos.arena import Arena
from proofs.chaos.campaign import Closing
from proofs.chaos.figure import Findings, Result
from proofs.chaos.judge import judge
from proofs.chaos.scene import Scene
from proofs.chaos.week.profile import People, Profile
from proofs.chaos.week.troubles import Town
from proofs.rig.stack import World

CALLERS = 24
PATIENCE_SECONDS = 60.0
RETRY_SECONDS = 0.5
EVENING_SECONDS = 4.0
LEAPS = (*(20.0,) * 8, *(600.0,) * 8, *(7200.0,) * 16)
"""Seconds by which the common time moves on while something is still owed, step by step."""
Moment = tuple[float, Callable[[], None]]


def play(arena: Arena, profile: Profile, seed: int) -> Result:
    scene, findings = Scene(arena, "week", seed), Findings(slack=arena.slack)
    town, draw = Town(scene, profile), random.Random(seed)
    with ThreadPoolExecutor(CALLERS) as callers:
        for day in range(1, profile.days + 1):
            _day(town, day, draw, callers)
            if day < profile.days:
                scene.leap(profile.night_hours * 3600, step=6 * 3600)
            print(f"day {day}: {scene.inbound} texts in so far", flush=True)
    town.mend()
    closing = _settled(scene)
    life = town.life()
    within = profile.healthy_within
    findings.within(life.slowest, within, f"a healthy account's text took {life.slowest:.1f} s")
    after = scene.slowest_after()
    findings.within(
        after,
        profile.opened_within,
        f"a text was {after:.1f} s late once its provider's maintenance was over",
    )
    measured = (
        f"{profile.days} days in {profile.day_seconds:g} s each, {len(profile.troubles)} kinds of"
        f" trouble: {closing.verdict.accepted} texts out, healthy accounts' slowest"
        f" {life.slowest:.1f} s, after a provider's maintenance {max(0.0, after):.1f} s"
    )
    return findings.judged(closing, measured, life=life)


def _day(town: Town, day: int, draw: random.Random, callers: ThreadPoolExecutor) -> None:
    """What is due happens in a thread of its own, so that nobody waits for another."""
    seconds = town.profile.day_seconds
    moments = sorted([*_texts(town, draw), *_troubles(town, day)], key=lambda each: each[0])
    began, doing = time.monotonic(), []
    for at, act in moments:
        while (left := began + at * seconds - time.monotonic()) > 0:
            town.tend()
            time.sleep(min(left, 0.2))
        doing.append(callers.submit(act))
    for each in doing:
        each.result()
    # No call may be under way when the common time runs ahead.
    town.scene.clear()
    time.sleep(EVENING_SECONDS)
    town.tend()


def _texts(town: Town, draw: random.Random) -> Iterator[Moment]:
    for people in town.profile.people:
        for world in town.groups[people.name]:
            for _ in range(people.texts_out):
                yield draw.random(), _sending(town.scene, world)
            for _ in range(people.texts_in):
                yield draw.random(), _writing(town, world, people, draw)


def _troubles(town: Town, day: int) -> Iterator[Moment]:
    for trouble in town.profile.on(day):
        yield trouble.at, partial(town.begin, trouble)
        if trouble.lasts:
            yield min(1.0, trouble.at + trouble.lasts), partial(town.end, trouble)


def _sending(scene: Scene, world: World) -> Callable[[], None]:
    """As platforms do: the same call under the same key until it is accepted."""

    def act() -> None:
        text, end = scene.name(), time.monotonic() + PATIENCE_SECONDS
        body = {"phone": "+14155550123", "message": text}
        while time.monotonic() < end:
            answer = _posted(world, body, text)
            if answer is not None and answer.status_code in (200, 202):
                return scene.note(world, text, answer.json())
            if answer is not None and answer.status_code not in (429, 502, 503):
                break
            time.sleep(RETRY_SECONDS)
        scene.wrong.append(f"{text}: {answer.status_code if answer is not None else 'no answer'}")
        return None

    return act


def _posted(world: World, body: dict[str, str], key: str) -> requests.Response | None:
    try:
        headers = {"Idempotency-Key": key}
        return world.call("POST", "/v1/actions/send-sms", json=body, headers=headers)
    except requests.RequestException:
        return None


def _writing(town: Town, world: World, people: People, draw: random.Random) -> Callable[[], None]:
    scene, phone = town.scene, f"+1415556{draw.randrange(200):04d}"
    text, webhook = f"{scene.name()} in", draw.random() < people.webhooks

    def act() -> None:
        town.arrive(world, text, phone, webhook=webhook)
        scene.inbound += 1

    return act


def _settled(scene: Scene) -> Closing:
    """Let what is owed come due, until nothing is; then judge."""
    for seconds in LEAPS:
        scene.arena.tend()
        scene.leap(seconds, step=seconds)
        open_jobs = any(job.open for job in scene.settle(0))
        if not open_jobs and not judge(scene.logs, scene.label).astray:
            break
    return scene.close()
