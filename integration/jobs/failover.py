"""Failover: a job goes on through another connection where nothing was sent for certain.

That is where the provider refused for reasons of the account alone. It is also where the account
has not answered for a chosen time, or the text's phone or sender has taken nothing. No job is moved
after an attempt that may have been sent. An opt-out or a number that is refused would be as wrong
through another account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Unpack

from integration.accounts import belongings, connections, pacing
from integration.accounts.connections import Connection
from integration.accounts.provider_link import Reach
from integration.jobs import (
    finish,
    input_check,
    ledger,
    legs,
    paced,
    record,
    rq_queue,
    telling,
)
from integration.jobs.claim import Claim
from integration.jobs.finish import NOT_CALLED, Ending
from integration.jobs.record import SETTLED, Job
from integration.jobs.rq_queue import ADMIT, Admitting
from integration.kernel.specs import Action, Options
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from integration.store.counters import number
from integration.store.script import script

OF_AN_ACCOUNT = {"device_fingerprint": "devices", "sender_id": "senders"}
"""Inputs that name something of one account, and the dropdown that lists it."""
SIM = "sim_slot"
"""Goes with its phone."""
AGAIN_MS = 5_000
"""When a job is looked at again that is in flight at the moment."""
NEVER = -1
"""Of a job that this lane does not look at again."""


@script(*ADMIT, "statuses", "pace_end", "lane_end", "move")
def MOVE(
    *,
    id: str,
    token: str,
    before: str,
    lane: str,
    to: str,
    at: int,
    facts: str,
    legs: str,
    message: str,
    attempts: str,
    workspace: str,
    created: int,
    wall: int,
    reach: str,
    busy_ms: int,
    **shared: Unpack[Admitting],
) -> None:
    """Move a job to the next of its connections."""


@dataclass(frozen=True, kw_only=True)
class Leg:
    """The connection that a job goes on through, and those that are left after it."""

    connection: Connection
    rest: Sequence[str]


def after(services: Services, held: Claim, ending: Ending) -> Leg | None:
    """Where a job goes on whose run ended so, None where it does not."""
    if not ending.of_account or ending.status != "failed" or held.mode != "send":
        return None
    return _leg(services, held.job)


def _leg(services: Services, job: Job) -> Leg | None:
    """The next connection that is still there and can do it."""
    action, left = services.catalog.actions.get(job.action), legs.left(job)
    if action is None or job.damaged or not legs.is_unsent(job):
        return None
    for place, each in enumerate(left, 1):
        found = connections.by_id(services, each)
        if found and found.workspace == job.workspace and _can(services, found, action):
            return Leg(connection=found, rest=left[place:])
    return None


def _can(services: Services, connection: Connection, action: Action) -> bool:
    return connections.can(services, connection, action.needs)


def moving(ending: Ending, leg: Leg) -> Ending:
    """The ending of a run after which the job goes on through another connection."""
    return replace(
        ending,
        status="queued",
        message=f"Goes on through {leg.connection.label}. {ending.detail}",
        error=None,
    )


def move(
    services: Services,
    job: Job,
    leg: Leg,
    ending: Ending,
    token: str = "",
    reach: Reach = NOT_CALLED,
) -> bool:
    """Move the job, held under this token or waiting; False where it has gone on meanwhile."""
    wall, shared, on = wall_ms(), _admitting(services), _on(services, job, leg.connection)
    call = MOVE(
        id=job.id,
        token=token,
        before=record.written(job),
        lane=job.connection,
        to=on.connection,
        at=shared["now"] + legs.after_ms(job) if leg.rest else 0,
        facts=record.written(on),
        legs=legs.moved(job, leg.rest),
        message=ending.message,
        attempts=",".join(map(record.attempt, finish.timeline(job, ending, wall))),
        workspace=job.workspace,
        created=job.created_ms,
        wall=wall,
        reach=reach.word,
        busy_ms=int(reach.seconds * 1000),
        **shared,
    )
    if done := bool(call.run(services.db)):
        telling.changed(on, "queued", by="failover")
    return done


def _admitting(services: Services) -> Admitting:
    return rq_queue.admitting(pacing.pepper(services))


def _on(services: Services, job: Job, to: Connection) -> Job:
    """The job with its next connection."""
    given = _with_phone(services, to, job.action, _input(services, to, job.input))
    return replace(job, connection=to.id, provider=to.provider, input=given)


def _input(services: Services, to: Connection, given: Mapping[str, Any]) -> dict[str, Any]:
    """The input for another account: without a phone or a sender that it does not have."""
    lacking = {
        name
        for name, dropdown in OF_AN_ACCOUNT.items()
        if given.get(name) and not _has(services, to, dropdown, str(given[name]))
    }
    if "device_fingerprint" in lacking:
        lacking.add(SIM)
    return {name: value for name, value in given.items() if name not in lacking}


def _with_phone(
    services: Services, to: Connection, action: str, given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """With the only phone of the account, as far as it listed them last: its pacing may be that of
    the phone."""
    inputs = services.catalog.action(action).inputs
    return input_check.with_phone(services, to, inputs, given, _only_phone)


def _only_phone(services: Services, to: Connection, phones: Options) -> Sequence[str] | None:
    known = belongings.remembered(services, phones, [to]).get(to.id)
    return known.ids if known and len(known.ids) == 1 else None


def _has(services: Services, account: Connection, dropdown: str, wanted: str) -> bool:
    """Whether the account listed it last; no account is asked here."""
    known = belongings.remembered(services, services.catalog.option(dropdown), [account])
    return account.id in known and wanted in known[account.id].ids


def leave(services: Services, lane: str, ids: Sequence[str]) -> None:
    """Move those of these jobs whose connection has not answered for as long as they allow. Each
    leaves the lane's set of such jobs, or is due in it later."""
    silent_since = number(services.db.hget(keys.lane(lane), "since") or "0")
    found = ledger.several(services, ids)
    full_since = paced.full_since(services, [job for job in found if job])
    for job_id, job in zip(ids, found, strict=True):
        since = [each for each in (silent_since, full_since.get(job_id)) if each]
        is_here = job and job.connection == lane
        pause_ms = _left(services, job, min(since, default=wall_ms())) if job and is_here else NEVER
        if pause_ms == NEVER:
            services.db.zrem(keys.lane_fallbacks(lane), job_id)
        else:
            services.db.zadd(keys.lane_fallbacks(lane), {job_id: now_ms() + pause_ms})


def _left(services: Services, job: Job, since: int) -> int:
    """Move the job, if its time has come. Returns in how many milliseconds it is looked at again in
    this lane, or NEVER."""
    if job.status == "sending":
        # A look-up may prove yet that nothing was sent.
        return AGAIN_MS
    if job.status in SETTLED or not legs.is_unsent(job):
        return NEVER
    ready = max(since, legs.began_ms(job)) + legs.after_ms(job)
    if ready > wall_ms():
        return ready - wall_ms()
    leg = _leg(services, job)
    if not leg:
        return NEVER
    detail = f"The account took nothing for {legs.after_ms(job) // 1000} s; nothing was sent."
    ending = Ending(status="queued", message="", outcome="unavailable", detail=detail)
    return NEVER if move(services, job, leg, moving(ending, leg)) else AGAIN_MS
