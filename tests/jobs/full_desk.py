"""A desk whose provider has no room for a text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integration.accounts import standing
from integration.accounts.provider_link import Reach
from integration.jobs import endings, finish, record
from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.jobs.ledger import by_id
from integration.kernel.errors import NoRoom
from integration.kernel.verdicts import Full
from integration.store import keys
from tests.jobs.paced_desk import PacedDesk

SAID = "SMSGate cannot do it now: queue limits exceeded."


def refused(
    desk: PacedDesk, held: Claim, full: Full = "device", wait: float | None = None
) -> Ending:
    """The provider has no room for this text for now."""
    error = NoRoom(SAID, full=full, upstream_status=503, retry_after=wait)
    reach = Reach()
    reach.note(error)
    ending = endings.waiting(held, error)
    assert finish.finish(desk.own, held, ending, reach)
    return ending


def account(desk: PacedDesk) -> standing.Standing:
    return standing.of(desk.own.db, [desk.connection.id])[desk.connection.id]


def hold(desk: PacedDesk) -> str:
    """The key of what is full."""
    [found] = desk.own.db.scan_iter("hl:lane:*:full:*")
    return str(found)


def changed(desk: PacedDesk, job: str, **facts: Any) -> None:
    """Change what a job was accepted with, written as our own code writes it."""
    found = by_id(desk.own, job)
    assert found
    desk.own.db.hset(keys.job(job), "facts", record.written(replace(found, **facts)))
