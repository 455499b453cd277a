"""Opening: what a link gives, also where the job has not fetched the file, or nobody kept it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.kernel.errors import (
    Gone,
    ProviderError,
    ProviderRejected,
    SettingsError,
    Unavailable,
)
from integration.media import fetching, keeping, records
from integration.media.links import Link
from integration.media.records import Record
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms

if TYPE_CHECKING:
    from integration.outbound.media_http import File

OVER = "This link is over: received files are given for {} hours. Ask the provider for the file."
AWAY = "This file is no longer kept: it was erased, its account was removed, or its time is over."
UNOPENED = "The account of this file cannot be read just now; ask who runs this service."
NOT_KEPT = "Its provider keeps no copy, and ours had to make room for newer files."
FETCH_SECONDS, WAIT_SECONDS = 12.0, 5.0
"""For a file that somebody waits for, and for a place to fetch it in."""
RETRY_SECONDS = 30.0
AT_ONCE = 4
"""Files that a process fetches at once for those who opened links; each may hold 8 MB."""
_places = threading.BoundedSemaphore(AT_ONCE)


def opened(services: Services, link: Link) -> tuple[bytes, str]:
    """The file and its type, as its provider gives it. Raises Gone or Unavailable, with a sentence
    that says why."""
    if link.expires * 1000 <= wall_ms() or not services.settings.media_seconds:
        raise Gone(OVER.format(services.settings.media_hours))
    connection = _account(services, link)
    record = records.get(services, connection.workspace, link.media)
    if record is None or record.connection != link.connection:
        raise Gone(AWAY)
    kept = _kept(services, record)
    if kept is not None:
        return kept, record.content_type
    if not record.url:
        raise Gone(f"This file is not there. {record.reason or NOT_KEPT}")
    file = _fetched(services, connection, record)
    return file.data, file.content_type or record.content_type


def _account(services: Services, link: Link) -> Connection:
    found = connections.by_id(services, link.connection)
    if found is None and services.db.exists(keys.connection(link.connection)):
        raise Unavailable(UNOPENED, retry_after=RETRY_SECONDS)
    if found is None:
        raise Gone(AWAY)
    return found


def _kept(services: Services, record: Record) -> bytes | None:
    try:
        return keeping.content(services, record)
    except SettingsError as error:
        if record.url:
            return None
        raise Unavailable(error.message, retry_after=RETRY_SECONDS) from error


def _fetched(services: Services, connection: Connection, record: Record) -> File:
    if not _places.acquire(timeout=WAIT_SECONDS):
        busy = "Many files are being fetched just now; open the link again in a moment."
        raise Unavailable(busy, retry_after=WAIT_SECONDS)
    try:
        file = fetching.fetch(services, connection, record.url, FETCH_SECONDS)
    except ProviderError as error:
        asked_once = record.state != records.WAITING and isinstance(error, ProviderRejected)
        if asked_once or fetching.is_final(error, record.tries):
            raise Gone(f"The file could not be fetched. {error.message}") from error
        raise Unavailable(
            f"The file is not here yet; it is asked for again. {error.message}",
            retry_after=error.retry_after or RETRY_SECONDS,
        ) from error
    finally:
        _places.release()
    keeping.keep(services, record, file.data, file.content_type or record.content_type)
    return file
