"""Receipt polling: asks providers what became of the texts of which no receipt came."""

import logging
import random
from datetime import UTC, datetime, timedelta

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.accounts.provider_link import link
from integration.jobs import ledger, receipts, retry_schedule
from integration.jobs.record import Job
from integration.kernel.capabilities import HasHistory, SendsMms
from integration.kernel.errors import ProviderError
from integration.kernel.events import HistoryRow, Receipt
from integration.kernel.status_by_id import TellsStatus
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms

log = logging.getLogger(__name__)
RECENT = 200
"""The last sends of an account, and the last jobs of a workspace, among which it looks."""
FOLLOWED_MS = 24 * 3_600_000
"""How long after it was sent a text is followed."""
MOST_NUMBERS = 5
"""Numbers or messages looked up in one turn: each takes one of the calls that a provider allows."""
OFTEN_MS = 120_000
SLACK = timedelta(minutes=5)


def follow(services: Services, connection: Connection) -> None:
    """Turn what the provider knows of recently sent messages into receipts; a few each time."""
    by_id = connections.can(services, connection, TellsStatus)
    if not by_id and not connections.can(services, connection, HasHistory):
        return
    waiting = _waiting(services, connection)
    random.shuffle(waiting)  # in turn for all, so that those without an end hold up no other
    provider = link(services, connection)
    try:
        if isinstance(provider, TellsStatus):
            for job in waiting[:MOST_NUMBERS]:
                assert job.provider_id
                _note(services, connection, provider.status_of(job.provider_id))
        elif isinstance(provider, HasHistory):
            _read(services, connection, provider, waiting)
    except ProviderError as error:
        log.warning("the statuses of %s could not be read: %s", connection.id, error.code)


def _read(
    services: Services, connection: Connection, provider: HasHistory, waiting: list[Job]
) -> None:
    targets: dict[tuple[str, str], list[Job]] = {}
    for job in waiting:
        pair = (str(job.input.get("device_fingerprint") or ""), str(job.input.get("phone")))
        targets.setdefault(pair, []).append(job)
    for (device, phone), sent in list(targets.items())[:MOST_NUMBERS]:
        since = datetime.fromtimestamp(min(map(_sent_ms, sent)) / 1000, UTC) - SLACK
        rows = provider.history(device_fingerprint=device or None, phone=phone, since=since)
        wanted = {job.provider_id for job in sent}
        for row in rows:
            if row.provider_id in wanted:
                _note(services, connection, _receipt(row))


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


def _receipt(row: HistoryRow) -> Receipt:
    return Receipt(
        provider_id=row.provider_id,
        status=row.status,
        raw=row.raw_status,
        at=row.at,
        opt_out_code=row.opt_out_code,
    )


def _note(services: Services, connection: Connection, receipt: Receipt) -> None:
    if receipt.status in ("delivered", "failed"):
        receipts.receive(services, connection, receipt)
