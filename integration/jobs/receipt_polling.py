"""Receipt polling: receipts read from the history of providers that send none by themselves."""

import logging
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.provider_link import link
from integration.jobs import ledger, receipts, retry_schedule
from integration.jobs.record import Job
from integration.kernel.capabilities import HasHistory, SendsMms
from integration.kernel.errors import ProviderError
from integration.kernel.events import HistoryRow, Receipt
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms

log = logging.getLogger(__name__)
RECENT = 200
"""The last sends of an account, and the last jobs of a workspace, among which it looks."""
FOLLOWED_MS = 24 * 3_600_000
"""How long after it was sent a text is followed."""
MOST_NUMBERS = 5
"""Numbers looked up in one turn: a look-up is one of the provider's hundred calls a minute."""
OFTEN_MS = 120_000
SLACK = timedelta(minutes=5)


def follow(services: Services, connection: Connection) -> None:
    """Turn history rows of recently sent messages into receipts; a few numbers each time."""
    if not connections.can(services, connection, HasHistory):
        return
    waiting = _waiting(services, connection)
    targets: dict[tuple[str, str], list[Job]] = {}
    for job in waiting:
        pair = (str(job.input.get("device_fingerprint") or ""), str(job.input.get("phone")))
        targets.setdefault(pair, []).append(job)
    provider = link(services, connection)
    assert isinstance(provider, HasHistory)
    asked = list(targets.items())
    random.shuffle(asked)  # in turn for all, so that numbers that stay silent hold up no other
    for (device, phone), sent in asked[:MOST_NUMBERS]:
        since = datetime.fromtimestamp(min(map(_sent_ms, sent)) / 1000, UTC) - SLACK
        try:
            rows = provider.history(device_fingerprint=device or None, phone=phone, since=since)
        except ProviderError as error:
            log.warning("history of %s failed: %s", connection.id, error.code)
            return
        _note(services, connection, sent, rows)


def _waiting(services: Services, connection: Connection) -> list[Job]:
    """Sent texts whose end nobody knows."""
    now = wall_ms()
    return [
        job
        for job in ledger.several(services, _recent(services, connection))
        if job
        and job.status == "sent"
        and job.connection == connection.id
        and job.provider_id
        and job.input.get("phone")  # one that was erased names nobody to ask about
        and now - job.updated_ms < FOLLOWED_MS
        and _turn(now - job.updated_ms)
    ]


def _recent(services: Services, connection: Connection) -> list[str]:
    """The jobs that the account was asked to send last, however long before they were made. An MMS
    is not in that log; it is looked for among those that were made last."""
    log = services.db.xrevrange(keys.sends(connection.id), count=RECENT)
    found = [f"job_{entry.get('j')}" for _, entry in log]
    if connections.can(services, connection, SendsMms):
        found += services.db.lrange(keys.jobs(connection.workspace), 0, RECENT - 1)
    return list(dict.fromkeys(found))


def _sent_ms(job: Job) -> int:
    """When it went out at the earliest: a lost answer is looked up for a day."""
    return max(job.created_ms, job.updated_ms - retry_schedule.LAST_LOOK_MS)


def _turn(age_ms: int) -> bool:
    """Always in the first minutes, ever more seldom later: a phone that is off for a day must
    not use up the provider's calls."""
    return random.random() * age_ms < OFTEN_MS


def _note(
    services: Services, connection: Connection, sent: list[Job], rows: Iterable[HistoryRow]
) -> None:
    wanted = {job.provider_id for job in sent}
    for row in rows:
        if row.provider_id in wanted and row.status in ("delivered", "failed"):
            receipt = Receipt(
                provider_id=row.provider_id,
                status=row.status,
                raw=row.raw_status,
                at=row.at,
                opt_out_code=row.opt_out_code,
            )
            receipts.receive(services, connection, receipt)
