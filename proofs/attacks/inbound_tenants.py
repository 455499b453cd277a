"""S12: tenant isolation: another workspace's id opens nothing, and is not even seen to exist."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from proofs.attacks.inbound_app import routes
from proofs.attacks.inbound_monitor import Watch, watched
from proofs.attacks.inbound_victim import Victim, references
from proofs.attacks.outcome import Outcome, judged
from proofs.rig.stack import Stack, World

FIGURE = "S12"
GOAL = "Every route × foreign id × verb: as for an id that is not there; no foreign key touched."
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
IDS = {"connection_id", "delivery_id", "hook_id", "job_id", "key_id"}
"""Other places hold names of the catalog, which are everybody's."""
FORGIVING = "/v1/hooks/<hook_id>"
"""Its DELETE says 200 also to an id that is not there: platforms repeat themselves."""
OWNER_LOOKUP = "HGETALL"
"""A record's owner stands in the record, so a foreign id costs one look at it, and no more."""


@dataclass
class Findings:
    """What a sweep brought: calls made, and those that gave something away."""

    calls: int = 0
    told_apart: int = 0
    not_404: int = 0


def run(stack: Stack, *, short: bool, seed: int) -> Outcome:
    """All foreign ids at all places, first in peace under MONITOR, then in races."""
    victim, thief = Victim(stack, seed), stack.workspace()
    thief.connect_pairfon()
    found = Findings()
    quiet = ("worker", "scheduler")
    for name in quiet:  # they touch everybody's keys, rightly
        stack.pause(name)
    try:
        with watched(stack.db) as watch:
            _sweep(stack, thief, victim, found, every=not short)
    finally:
        for name in quiet:
            stack.resume(name)
    written, read = _touched(watch, victim)
    raced, leaked = _race(victim.world, thief, rounds=20 if short else 500)
    unharmed = victim.is_unharmed()
    counts = {"calls": found.calls, "not_404": found.not_404, "told_apart": found.told_apart}
    counts |= {"foreign_keys_touched": written, "owner_look_ups": read}
    counts |= {"raced": raced, "raced_in": leaked, "objects_harmed": int(not unharmed)}
    bad = found.not_404 + found.told_apart + written + leaked + (not unharmed)
    return judged(FIGURE, GOAL, counts, passed=not bad)


def _sweep(stack: Stack, thief: World, victim: Victim, found: Findings, *, every: bool) -> None:
    """`every` tries all ids at all places, else those that belong there and one that does not."""
    for rule, _ in routes(stack):
        places = PLACE.findall(rule)
        if not places or not set(places) <= IDS or rule.startswith("/console"):
            continue
        for foreign in victim.ids() if every else victim.fitting(places[0]):
            for verb in VERBS:
                _compare(thief, verb, rule, foreign, found)
    for verb, path, body, foreign in references(victim, every=every):
        _compare_body(thief, verb, path, body, foreign, found)


def _compare(thief: World, verb: str, rule: str, foreign: str, found: Findings) -> None:
    """The answer to a foreign id against the answer to one that nobody has."""
    nobody = _nobody(foreign)
    theirs, none = (
        thief.call(verb, PLACE.sub(each, rule), json={} if verb in ("POST", "PATCH") else None)
        for each in (foreign, nobody)
    )
    found.calls += 1
    found.told_apart += _shape(theirs, foreign) != _shape(none, nobody)
    allowed = {404, 405} | ({200} if (verb, rule) == ("DELETE", FORGIVING) else set())
    allowed |= {200} if verb == "OPTIONS" else set()
    found.not_404 += theirs.status_code not in allowed


def _compare_body(
    thief: World, verb: str, path: str, body: dict[str, object], foreign: str, found: Findings
) -> None:
    """The same where the id stands in the query or the body."""
    nobody = _nobody(foreign)
    answers = []
    for each in (foreign, nobody):
        filled = {name: each if value == "ID" else value for name, value in body.items()}
        given = {"params": filled} if verb in ("GET", "DELETE") else {"json": filled}
        answers.append(thief.call(verb, path, **given))
    found.calls += 1
    found.told_apart += _shape(answers[0], foreign) != _shape(answers[1], nobody)


def _nobody(foreign: str) -> str:
    """An id of the same look that belongs to nobody."""
    kind, mark, rest = foreign.rpartition("_")
    return kind + mark + "".join(secrets.choice("abcdef234567") for _ in rest)


def _shape(answer: requests.Response, given: str) -> tuple[int, str]:
    """Status and body without what differs anyhow: the request's number and the id given."""
    body = answer.text.replace(given, "ID").replace(answer.headers["X-Request-Id"], "REQUEST")
    return answer.status_code, re.sub(r'"(job|hook|dlv)_[a-z0-9]+"|\d{4}-\d\d-[^"]+', "", body)


def _touched(watch: Watch, victim: Victim) -> tuple[int, int]:
    """Foreign keys touched, and the look-ups of records that only asked for their owner."""
    marks = [*victim.ids(), victim.world.name]
    foreign = [each for each in watch.named() if any(mark in each[1] for mark in marks)]
    read = [each for each in foreign if _owner_lookup(*each, victim)]
    return len(foreign) - len(read), len(read)


def _owner_lookup(command: str, key: str, victim: Victim) -> bool:
    return command == OWNER_LOOKUP and key.rpartition(":")[2] in victim.ids()


def _race(owner: World, thief: World, rounds: int) -> tuple[int, int]:
    """The thief asks for hooks in the very moment in which their owner makes and removes them."""
    known: list[str] = []
    over = threading.Event()
    answers: list[int] = []
    thieves = [
        threading.Thread(target=lambda: answers.extend(_ask(thief, known, over))) for _ in range(4)
    ]
    for each in thieves:
        each.start()
    for number in range(rounds):
        target = f"{owner.stack.url}/race/{number}"
        made = owner.post("/v1/hooks", target_url=target, trigger="inbound-sms").json()
        known.append(made["id"])
        owner.call("PATCH", f"/v1/hooks/{made['id']}", json={"description": "race"})
        owner.call("DELETE", f"/v1/hooks/{made['id']}")
    over.set()
    for each in thieves:
        each.join()
    return len(answers), sum(status != 404 for status in answers)


def _ask(thief: World, known: list[str], over: threading.Event) -> Iterator[int]:
    while not over.is_set():
        for hook in known[-2:]:
            yield thief.call("GET", f"/v1/hooks/{hook}").status_code
            yield thief.call("PATCH", f"/v1/hooks/{hook}", json={"status": "paused"}).status_code
