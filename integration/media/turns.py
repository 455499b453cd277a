"""Turns: the jobs that fetch the files which an account owes, one account at a time.

What is owed stands in the store with its message, so a process that dies loses none of it. One
account has one turn at a time: a silent host holds up the files of that account alone.
"""

import logging
import re
import time
from functools import partial

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.kernel.errors import ProviderError, ProviderRejected
from integration.media import fetching, keeping, records
from integration.runtime import stopping
from integration.runtime.guarded import guarded
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import alone
from integration.store.clock import now_ms
from integration.store.script import script

log = logging.getLogger(__name__)
PREFIX = "media-"
OURS = re.compile(r"media-(conn_[a-z0-9_]{1,60})")
"""The id of a job, which names the account."""
AT_ONCE = 100
"""Accounts of which one look makes jobs."""
TURN_SECONDS, FETCH_SECONDS = 20.0, 15.0
"""How long a turn begins with files, and for one file; together less than its lock holds."""
PAUSES = (5, 30, 120, 600, 1800, 7200)
"""Seconds before each further try of a file."""
SILENT_SECONDS = 30
"""How long an account is left alone whose host does not answer."""


@script("plan")
def PLAN(*, connection: str, after: int) -> None:
    """Note when the account's next file is due, `after` this time (ms), if any waits."""


def due(services: Services) -> list[str]:
    """The jobs to be made now. Each is made again later, unless its turn ends before."""
    db, now = services.db, now_ms()
    found: list[str] = db.zrangebyscore(keys.MEDIA_DUE, "-inf", now, start=0, num=AT_ONCE)
    if found:
        again = now + lifetimes.MEDIA_FLIGHT_SECONDS * 1000
        db.zadd(keys.MEDIA_DUE, dict.fromkeys(found, again), xx=True)
    return [PREFIX + each for each in found]


def run(job_id: str) -> None:
    """The turn of an account, unless another process has it."""
    if named := OURS.fullmatch(job_id):
        guarded(partial(_run, stopping.services(), named[1]))


def _run(services: Services, connection_id: str) -> None:
    lock = keys.media_lock(connection_id)
    with alone(services.db, lock, lifetimes.MEDIA_FLIGHT_SECONDS) as mine:
        if mine:
            pause = SILENT_SECONDS if _turn(services, connection_id) else 0
            PLAN(connection=connection_id, after=now_ms() + pause * 1000).run(services.db)


def _turn(services: Services, connection_id: str) -> bool:
    """Whether the account is to be left alone for some time."""
    connection, waiting = connections.by_id(services, connection_id), _waiting(connection_id)
    if connection is None:
        if services.db.exists(keys.connection(connection_id)):
            return True  # Its credentials cannot be opened now.
        services.db.delete(waiting)
        return False
    ends = time.monotonic() + TURN_SECONDS
    while time.monotonic() < ends and not stopping.stopping.is_set():
        found = services.db.zrangebyscore(waiting, "-inf", now_ms(), start=0, num=1)
        if not found:
            return False
        if not _fetched(services, connection, found[0]):
            return True
    return False


def _waiting(connection_id: str) -> str:
    return keys.media_waiting(connection_id)


def _fetched(services: Services, connection: Connection, media: str) -> bool:
    """Whether the account's next file is worth a try: somebody answered, if only with a refusal."""
    record = records.get(services, connection.workspace, media)
    if record is None or record.state != records.WAITING:
        services.db.zrem(_waiting(connection.id), media)
        return True
    try:
        file = fetching.fetch(services, connection, record.url, FETCH_SECONDS)
    except ProviderError as error:
        return _failed(services, record, error)
    keeping.keep(services, record, file.data, file.content_type or record.content_type)
    return True


def _failed(services: Services, record: records.Record, error: ProviderError) -> bool:
    tries = record.tries + 1
    over = fetching.is_final(error, tries) or tries > len(PAUSES)
    pause = 0 if over else max(PAUSES[tries - 1], error.retry_after or 0)
    records.SETTLE(
        workspace=record.workspace,
        connection=record.connection,
        media=record.id,
        state=records.FAILED if over else records.WAITING,
        reason=error.message,
        tries=tries,
        due="" if over else str(now_ms() + int(pause * 1000)),
    ).run(services.db)
    if over:
        log.warning("a file of %s was not fetched: %s", record.connection, error.code)
    return isinstance(error, ProviderRejected)
