"""Opted out: a text that its recipient does not want is not sent."""

from collections.abc import Mapping
from typing import Any

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.jobs import legs, record
from integration.jobs.claim import Claim
from integration.jobs.finish import NOT_SENT, Ending
from integration.jobs.record import Job
from integration.kernel import times
from integration.kernel.capability import Capability
from integration.kernel.specs import Action
from integration.opt_outs import register, wanted
from integration.opt_outs.wish import BY_PROVIDER, BY_WORD, Wish
from integration.services import Services
from integration.store.clock import now_ms, wall_ms

CODE, STATUS = "opted_out", 422
ANSWERS = "answers_word"
"""The input of a job that answers STOP or HELP; no caller can give it."""
SENDER = "sender_id"
"""The input and the setting that name who a text is from."""
EARLY_MS = 1_000
"""How much a job may be early: clocks differ."""
HOW = {BY_WORD: "said {note}", BY_PROVIDER: "opted out at the provider"}


def hopeless(
    services: Services, connection: Connection, action: Action, values: Mapping[str, Any]
) -> frozenset[str]:
    """Those recipients of a scheduled call who have opted out; one look-up for all of them."""
    if action.outgoing is None or not values.get("schedule_at"):
        return frozenset()
    if not wanted.rules(services, connection.workspace).on:
        return frozenset()
    given = values.get("phone") or ()
    phones = [given] if isinstance(given, str) else [str(each) for each in given]
    sender = _asked(services, connection, values.get(SENDER))
    return register.all_opted_out(services, connection, phones, sender)


def too_early(claim: Claim) -> Ending | None:
    """How a job goes on that was due before its time, and whose recipient has opted in since. None
    for all others."""
    left = int(record.starts_ms(claim.job.input)) - wall_ms()
    if claim.job.due_ms or left <= EARLY_MS:
        return None
    return Ending(
        status="queued",
        message="Its recipient wants texts again; it waits for its time.",
        outcome=NOT_SENT,
        detail="The recipient wants texts again.",
        later_ms=now_ms() + left,
    )


def refusal(
    services: Services, connection: Connection, action: Action, claim: Claim
) -> Ending | None:
    """How a job ends whose recipient has opted out, None for all others."""
    if action.outgoing is None or not wanted.rules(services, connection.workspace).on:
        return None
    wish = _wish(services, connection, claim.job)
    if wish is None or _is_answer(claim.job):
        return None
    how = HOW.get(wish.by, "was opted out by hand").format(note=wish.note)
    day = times.from_ms(wish.at_ms)[:10]
    sentence = (
        f"This recipient {how} on {day}, so nothing was sent. Texts go out again once the"
        " recipient says START, or an operator lifts it with a reason."
    )
    error = {"status": STATUS, "message": sentence, "code": CODE}
    return Ending(
        status="failed", message=sentence, outcome="rejected", detail=sentence, error=error
    )


def _wish(services: Services, connection: Connection, job: Job) -> Wish | None:
    """The wish that forbids the text, None without one.

    It is about the connection that the text is with, or about one that it has left: a silent
    account is left unchecked."""
    phone = str(job.input.get("phone", ""))
    gone = [connections.by_id(services, each) for each in legs.before(job)]
    first = legs.as_accepted(job).get("input", {}).get(SENDER)
    given = {each.id: (each, first) for each in gone if each}
    given[connection.id] = connection, job.input.get(SENDER)
    found = (
        register.opted_out(services, each, phone, _asked(services, each, name))
        for each, name in given.values()
    )
    return next(filter(None, found), None)


def forbids(services: Services, connection: Connection, phone: str, sender: Any) -> bool:
    """Whether a text of this sender would be refused now; without one, of the usual sender."""
    if not wanted.rules(services, connection.workspace).on:
        return False
    asked = _asked(services, connection, sender)
    return register.opted_out(services, connection, phone, asked) is not None


def _asked(services: Services, connection: Connection, given: Any) -> str:
    """The sender whose opt-outs count; "" for a pool, of which the provider chooses a number."""
    sender = str(given or connection.settings.get(SENDER) or "")
    kind = services.catalog.providers.get(connection.provider)
    pooled = kind is not None and issubclass(kind, Capability) and kind.is_pool(sender)
    return "" if pooled else sender


def _is_answer(job: Job) -> bool:
    """Whether it answers a word, which is done once: somebody who retries it texts this person."""
    return bool(job.input.get(ANSWERS)) and not record.retried_ms(job)


def note(services: Services, connection: Connection, claim: Claim, ending: Ending) -> None:
    """Record what a provider said of the recipient. A wish that is known already is later than
    the call, or made it end so: it stays."""
    error = ending.error or {}
    if error.get("code") == CODE and "provider_code" in error:
        told(services, connection, claim.job, str(error["provider_code"]), wall_ms())


def told(services: Services, connection: Connection, job: Job, code: str, at_ms: int) -> None:
    """Record that a provider said so of a job's recipient, then and by this code, where the
    workspace keeps a register."""
    phone = str(job.input.get("phone") or "")
    if not phone or not wanted.rules(services, connection.workspace).on:
        return
    wish = Wish(
        connection=connection.id,
        phone=register.named(services, phone),
        sender=register.named(services, _sender(connection, job)),
        out=True,
        at_ms=at_ms,
        by=BY_PROVIDER,
        note=code,
    )
    register.record(services, connection, wish)


def _sender(connection: Connection, job: Job) -> str:
    return str(job.input.get(SENDER) or connection.settings.get(SENDER) or "")
