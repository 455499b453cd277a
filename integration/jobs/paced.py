"""Paced: texts that wait for the pacing of their connection, and those that it never lets go.

It also tells of those that wait for a phone or sender that takes none for now (full.lua).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from integration.accounts import pacing
from integration.accounts.connections import Connection
from integration.jobs import endings
from integration.jobs.claim import Claim
from integration.jobs.counted_parts import counted_parts
from integration.jobs.finish import Ending
from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.errors import InvalidInput
from integration.kernel.specs import Action, Values
from integration.services import Services
from integration.store.clock import as_wall, now_ms
from integration.store.script import Rows, script

WAITING = ("queued", "scheduled")
CODE, STATUS = "over_pacing", 422
FULL = {"device": "phone", "sender": "sender"}
"""What may take no texts for now, in words."""


class Asked(NamedTuple):
    """A job that waits in the lane of its connection."""

    lane: str
    id: str


@script("decode_facts", "pace", "full", "explain_pace")
def EXPLAIN_PACE(*, now: int, pepper: str, jobs: Rows[Asked]) -> None:
    """Tell what jobs wait for in the queues of their connections."""


def check(connection: Connection, action: Action, values: Values) -> None:
    """Raises InvalidInput for a text of more parts than its connection ever lets go."""
    if sentence := never(connection, action, values):
        raise InvalidInput(f"message: {sentence}", errors={"message": [sentence]})


def never(connection: Connection, action: Action, values: Values) -> str:
    """Why the pacing of a connection never lets a text go, "" where it does."""
    rules = pacing.of(connection)
    parts = counted_parts(action, values) if rules and action.outgoing else 0
    return pacing.never(rules, parts) if parts else ""


def refusal(claim: Claim) -> Ending | None:
    """How a job ends that its connection's pacing never lets go, changed since; None for others."""
    if claim.paced != "never":
        return None
    rules = pacing.parsed(claim.account.get("pacing", ""))
    sentence = pacing.never(rules, claim.job.segments or 1)
    return endings.failure(sentence or "Its pacing never lets it go.", STATUS, code=CODE)


def explained(services: Services, jobs: Sequence[Job]) -> list[Job]:
    """The jobs; those that wait for pacing, or for their phone or sender, say for what, and until
    when. One round trip for all of them, none where none waits."""
    waiting = [job for job in jobs if job.status in WAITING or job.lost_ms]
    if not waiting:
        return list(jobs)
    found = _asked(services, waiting)
    told = {job.id: _told(job, each) for job, each in zip(waiting, found, strict=True)}
    return [told.get(job.id, job) for job in jobs]


def full_since(services: Services, jobs: Sequence[Job]) -> dict[str, int]:
    """By job: since when its phone or sender takes no texts (wall clock), where that is so."""
    found = zip(jobs, _asked(services, jobs), strict=True)
    return {job.id: int(each[-1]) for job, each in found if each and each[1] in FULL}


def _asked(services: Services, jobs: Sequence[Job]) -> list[list[str]]:
    asked = [Asked(job.connection, job.id) for job in jobs]
    call = EXPLAIN_PACE(now=now_ms(), pepper=pacing.pepper(services), jobs=asked)
    found: list[list[str]] = call.run(services.db)
    return found


def _told(job: Job, found: Sequence[str]) -> Job:
    if not found:
        return job
    stored, rule, at, ahead = found[:4]
    if rule in FULL:
        return _told_full(job, rule, max(int(float(at)), now_ms()), int(ahead))
    rules = pacing.parsed(stored)
    if rule not in rules:
        return job
    until = times.from_ms(as_wall(int(float(at)) + _turn_ms(rules, rule, int(ahead))))
    waiting = {"for": "pacing", "rule": rule, "ahead": int(ahead), "until": until}
    return replace(job, message=_sentence(rules, waiting), waiting=waiting)


def _told_full(job: Job, what: str, at: int, ahead: int) -> Job:
    """A job that was refused itself quotes its provider."""
    until = times.from_ms(as_wall(at))
    waiting = {"for": "provider", "rule": f"{what}_full", "ahead": ahead, "until": until}
    last = job.attempts[-1] if job.attempts else {}
    quoted = last["detail"] if last.get("outcome") == "unavailable" else ""
    said = quoted or f"Its {FULL[what]} takes no texts for now, says the provider."
    return replace(job, message=f"Waiting. {said} The next try is at {until}.", waiting=waiting)


def _turn_ms(rules: Mapping[str, Any], rule: str, ahead: int) -> int:
    """How long after the first of its queue a text goes at the earliest (ms). Those before it are
    taken to have one part each. New recipients may be fewer than the texts."""
    if rule.startswith("recipients"):
        return 0
    limits = {name: int(rules[name]) for name in pacing.PARTS if rules.get(name)}
    windows = [ahead // most * pacing.WINDOWS[name] for name, most in limits.items()]
    return max(ahead * int(rules.get("gap_seconds") or 0), *windows, 0) * 1000


def _sentence(rules: Mapping[str, Any], waiting: Mapping[str, Any]) -> str:
    said = f"The pacing of its connection allows {pacing.allowed(rules, waiting['rule'])}"
    ahead = waiting["ahead"]
    turn = f"{ahead:,} {'text goes' if ahead == 1 else 'texts go'} before this one, which goes"
    return f"Waiting. {said}; {turn if ahead else 'it goes'} at {waiting['until']} or later."
