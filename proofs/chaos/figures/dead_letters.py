"""F13: dead deliveries by the hundred, replayed through the API: each arrives, under its own id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.hooked import Target, pass_time, seen

DELAYS = (5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400)
LONGER = 1.2
"""By so much every delay may be longer than published."""
HOOKS = 10
LIMIT_SECONDS = 180.0
WAYS = ("once", "twice", "singly")
"""How a hook's dead are replayed: by one call, by two at a time, each by two calls at a time."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`dead` deliveries, spread evenly over ten hooks."""

    dead: int


@dataclass(frozen=True, kw_only=True)
class Dead:
    """A hook whose deliveries are dead: their ids, and how they are to be replayed."""

    path: str
    ids: tuple[str, ...]
    way: str


def run(arena: Arena, size: Size, seed: int) -> Result:
    findings, target = Findings(slack=arena.slack), Target(arena)
    paths = [f"/answer/500/dead/{number}" for number in range(HOOKS)]
    target.hook(*paths)
    events = [f"f13.{seed} {number}" for number in range(size.dead // HOOKS)]
    target.receive(*events)
    _let_die(findings, target, paths, len(events))
    dead = [_dead(target, path, WAYS[number % 3]) for number, path in enumerate(paths)]
    count = sum(len(each.ids) for each in dead)
    findings.want(count == size.dead, f"only {count} of {size.dead} deliveries are dead")
    for path in paths:
        target.plan(path, 200)
    answers = [_replay(target, each) for each in dead]
    _check_answers(findings, dead, answers)
    return findings.plain(f"{count} dead, " + ", ".join(_arrived(findings, target, dead)))


def _let_die(findings: Findings, target: Target, paths: Sequence[str], events: int) -> None:
    for number, delay in enumerate((*DELAYS, 0), 1):
        came = seen(partial(_all_got, target, paths, number * events), LIMIT_SECONDS)
        findings.want(came, f"attempt {number} was not made everywhere")
        if not came:
            return
        pass_time(target.arena, delay * LONGER)


def _all_got(target: Target, paths: Sequence[str], wanted: int) -> bool:
    return all(len(target.posts(path)) >= wanted for path in paths)


def _dead(target: Target, path: str, way: str) -> Dead:
    rows = target.deliveries(path)
    return Dead(
        path=path, ids=tuple(each["id"] for each in rows if each["status"] == "dead"), way=way
    )


def _replay(target: Target, dead: Dead) -> list[Any]:
    """What the API answered, in the order of the calls."""
    hook = f"/v1/hooks/{target.hooks[dead.path]}/replay"
    whole = partial(target.world.post, hook, since="2020-01-01T00:00:00Z")
    if dead.way == "once":
        return [whole()]
    if dead.way == "twice":
        return _at_once([whole, whole])
    return _at_once(
        partial(target.world.post, f"/v1/deliveries/{each}/replay")
        for each in dead.ids
        for _ in range(2)
    )


def _at_once(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def _check_answers(findings: Findings, dead: Sequence[Dead], answers: Sequence[list[Any]]) -> None:
    for each, given in zip(dead, answers, strict=True):
        if each.way == "singly":
            pairs = [
                {given[at].status_code, given[at + 1].status_code} for at in range(0, len(given), 2)
            ]
            odd = [pair for pair in pairs if 202 not in pair or pair - {202, 409}]
            findings.want(not odd, f"a delivery's replay was answered with {odd[:1]}")
            continue
        findings.want(all(answer.ok for answer in given), "a hook's replay was refused")
        counts = [answer.json().get("replayed") for answer in given if answer.ok]
        findings.want(max(counts, default=0) >= 1, "a hook's replay found nothing")
        if each.way == "once":
            findings.want(counts == [len(each.ids)], f"{counts} of {len(each.ids)} replayed")


def _arrived(findings: Findings, target: Target, dead: Sequence[Dead]) -> list[str]:
    """Sentences on what the targets took, for each of the ways."""
    seen(lambda: all(_taken(target, each).keys() >= set(each.ids) for each in dead), LIMIT_SECONDS)
    settled = seen(lambda: all(_settled(target, each) for each in dead))
    findings.want(settled, "a replayed delivery is not delivered in the log")
    shown = []
    for way in WAYS:
        ours = [each for each in dead if each.way == way]
        counts = [(each, _taken(target, each)) for each in ours]
        lost = sum(len(set(each.ids) - taken.keys()) for each, taken in counts)
        other = sum(len(taken.keys() - set(each.ids)) for each, taken in counts)
        twice = sum(count > 1 for _, taken in counts for count in taken.values())
        findings.want(not lost, f"{lost} dead never arrived (replayed {way})")
        findings.want(not other, f"{other} came under another id (replayed {way})")
        findings.want(way != "once" or not twice, f"{twice} replayed once came twice")
        number = sum(len(each.ids) for each in ours)
        shown.append(
            f"{number} replayed {way}: lost {lost}, under another id {other}, again {twice}"
        )
    return shown


def _taken(target: Target, dead: Dead) -> Counter[str]:
    return Counter(each.webhook_id for each in target.posts(dead.path) if each.status == 200)


def _settled(target: Target, dead: Dead) -> bool:
    rows = {each["id"]: each["status"] for each in target.deliveries(dead.path)}
    return all(rows.get(each) == "delivered" for each in dead.ids)


FIGURE = Figure(
    key="f13",
    goal="1,000 dead deliveries replayed: each arrives once; two replays at a time send none under"
    " another id",
    run=run,
    short=Size(dead=60),
    long=Size(dead=1000),
)
