"""Perform: one run of one job; safe to run twice, since only a claim lets it act."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from redis.exceptions import RedisError

from integration.accounts import (
    belongings,
    connection_facts,
    connections,
    conversation_counts,
)
from integration.accounts.connections import Connection
from integration.accounts.provider_link import Reach
from integration.jobs import (
    claim,
    duplicates,
    endings,
    failover,
    finish,
    input_check,
    job_link,
    late,
    opted_out,
    paced,
    settle,
    telling,
)
from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.jobs.record import Job
from integration.kernel import request_id
from integration.kernel.capabilities import ListsInbound
from integration.kernel.errors import (
    HooklineError,
    NotFound,
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
    SettingsError,
)
from integration.kernel.specs import Action, Provider, Values
from integration.runtime import stopping
from integration.services import Services
from integration.store import replicas
from integration.store.client import in_passing, is_unable
from integration.store.clock import now_ms

log = logging.getLogger(__name__)
T = TypeVar("T")

STORE_SECONDS = 60.0
"""How long claims and endings are offered to a store that is away. Without an ending, a text whose
outcome this process knows would end as unknown."""
LAST_SECONDS = 15.0
"""The same for a process that was asked to end; platforms kill 30 s after they asked."""
UNREPLICATED_SECONDS = 2.0
"""How often a job is tried while the store's replicas do not confirm its claim. It is not sent: a
primary that took their place would know of no claim, and send it again."""
AWAY_SECONDS = 1.0
"""How long a job waits that was claimed, and whose call was not made for want of the store."""
AWAY = "Our data store was away."
UNOPENED_SECONDS = 10.0
"""How often a connection is tried whose record cannot be read."""
MOST_CLAIMS = 10
"""A job that so many processes claimed and none finished breaks them itself."""


def run(job_id: str) -> None:
    """Bring the job a step further, if it is due and no other process holds it."""
    try:
        _run(stopping.services(), job_id)
    except RedisError as error:
        if not is_unable(error):
            raise
        # Nothing is lost by it: the job is due still, or its lease ends.
        log.warning(
            "The store could not be reached while %s was performed (%s);"
            " the sweeper takes the job up again.",
            job_id,
            type(error).__name__,
        )


def _run(services: Services, job_id: str) -> None:
    """Claim the job and bring it one step further."""
    token, reach = secrets.token_hex(8), Reach()
    held = _insist(lambda: claim.claim(services, job_id, token))
    if held is None:
        return
    with request_id.working_for(held.job.request_id):
        ending = _outcome(services, held, reach)
        moved = _moved(services, held, ending, reach)
        end = partial(finish.finish, services, held, ending, reach)
        telling.ended(held, moved or ending, moved.status if moved else _insist(end))


def _moved(services: Services, held: Claim, ending: Ending, reach: Reach) -> Ending | None:
    """The ending of a job that goes on through another connection, None where it does not."""
    leg = _insist(lambda: failover.after(services, held, ending))
    if not leg:
        return None
    moving = failover.moving(ending, leg)
    step = partial(failover.move, services, held.job, leg, moving, held.token, reach)
    return moving if _insist(step) else None


def _insist(step: Callable[[], T]) -> T:
    """Offer a step until the store takes it. Both steps are safe to repeat under one token, and
    a step that is not repeated may have been done all the same."""
    limit = time.monotonic() + STORE_SECONDS
    while True:
        try:
            return step()
        except RedisError as error:
            over = time.monotonic() > limit or stopping.stopping.over(LAST_SECONDS)
            if not is_unable(error) or over:
                raise
            time.sleep(0.5)


def _outcome(services: Services, claim: Claim, reach: Reach) -> Ending:
    """How the run ended. A job whose call was not made for want of the store is given back. Left to
    its lease, it would be looked up as one that may have been sent."""
    try:
        return settle.certain(claim, _brought_further(services, claim, reach))
    except RedisError as error:
        if not is_unable(error):
            raise
        return waiting_lane(claim, reach, AWAY_SECONDS, AWAY)


def _brought_further(services: Services, claim: Claim, reach: Reach) -> Ending:
    """The store is read before a call, and never between it and its ending."""
    job = claim.job
    if not claim.replicated:
        return waiting_lane(claim, reach, UNREPLICATED_SECONDS, replicas.MISSING)
    if claim.claims > MOST_CLAIMS:
        return settle.unknown("No process could bring this job to an end; see the service's log.")
    if job.damaged:
        return damaged(claim)
    lost = claim.mode == "settle" or job.lost_ms
    if lost and (reason := settle.moved(claim)):
        return settle.unknown(reason)
    action = services.catalog.actions.get(job.action)
    try:
        connection = connections.opened(services, claim.account)
    except (NotFound, SettingsError) as error:
        return unopened(services, claim, reach, error.message)
    if connection is None or connection.workspace != job.workspace or action is None:
        return endings.failure("The connection of this job was removed.", 422)
    provider = job_link.linked(services, claim, connection, reach)
    listed = partial(input_check.for_job, provider, claim.mode)
    filled = partial(input_check.with_phone, services, connection, action.inputs, job.input, listed)
    if claim.mode == "settle" or (lost and settle.is_forgotten(provider, job.lost_ms)):
        claim = replace(claim, job=replace(job, input=filled()))
        return settle.outcome(services, claim, action, provider)
    refused = _refused(services, connection, action, claim)
    ending = refused or attempt(claim, action, provider, filled)
    with in_passing():
        opted_out.note(services, connection, claim, ending)
        _note(services, connection, action, job, ending, reach)
    return ending


def _refused(
    services: Services, connection: Connection, action: Action, claim: Claim
) -> Ending | None:
    """How a job ends, or waits, that is not sent now; None for all others."""
    refused = late.refusal(claim) or paced.refusal(claim) or duplicates.refusal(claim)
    refused = refused or opted_out.refusal(services, connection, action, claim)
    return refused or opted_out.too_early(claim)


def _note(
    services: Services,
    connection: Connection,
    action: Action,
    job: Job,
    ending: Ending,
    reach: Reach,
) -> None:
    """Store what the call showed of the account: nothing where none was made, or answered."""
    if ending.status == "sent" and connections.can(services, connection, ListsInbound):
        conversation_counts.sent(services, connection.id, str(job.input.get("phone", "")))
    # It changed the account itself: a phone, a group.
    if action.split is None and action.outgoing is None:
        belongings.forget(services, connection.id)
    if reach.word == "answered" and ending.status in ("sent", "failed"):
        broken = (ending.error or {}).get("status") in (401, 403)
        connection_facts.mark(services, connection, ending.message if broken else "")


def attempt(
    claim: Claim, action: Action, provider: Provider, filled: Callable[[], Values]
) -> Ending:
    """Make the upstream call once, with its `filled` input, and name its result."""
    try:
        sent = action.run(provider, filled())
    except ProviderRejected as error:
        return endings.refusal(error)
    except ProviderUnavailable as error:
        return endings.waiting(claim, error)
    except OutcomeUnknown as error:
        return endings.lost(error)
    except HooklineError as error:
        return endings.failure(error.message, error.status)
    except RedisError as error:
        if not is_unable(error):
            raise
        # Only a permit is asked of the store here, before each call; this one was not made.
        return endings.waiting(claim, ProviderUnavailable(f"{AWAY} Nothing was sent."))
    return endings.success(sent)


def unopened(services: Services, claim: Claim, reach: Reach, problem: str) -> Ending:
    """Its lane waits: an operator who gives back the right SECRET_KEY loses no job."""
    job = claim.job
    with in_passing():
        connection_facts.mark_by_id(services, job.connection, problem)
    if problem not in [each["detail"] for each in job.attempts]:
        log.error("%s waits, for %s cannot be opened: %s", job.id, job.connection, problem)
    return waiting_lane(claim, reach, UNOPENED_SECONDS, problem)


def waiting_lane(claim: Claim, reach: Reach, seconds: float, problem: str) -> Ending:
    """Give the job back as it was, nothing having been asked; its lane waits."""
    reach.word, reach.seconds = "closed", seconds
    return Ending(
        status="queued" if claim.mode == "send" else "sending",
        message=f"Waiting. {problem}",
        outcome="unavailable",
        detail=problem,
        later_ms=now_ms() + int(seconds * 1000),
    )


def damaged(claim: Claim) -> Ending:
    """A damaged record is not sent. Whether it was sent before the damage, the store cannot say."""
    sentence = f"The record of this job is damaged ({', '.join(claim.job.damaged)})"
    if claim.mode == "settle":
        return settle.unknown(f"{sentence}; it may or may not have been sent.")
    return endings.failure(f"{sentence}, so it was not sent. Send it again as a new one.", 422)
