"""Keeping: the content of files, sealed, as long as there is room for it."""

from redis.exceptions import NoPermissionError

from integration.media.records import Record
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from integration.store.script import script

FULL = 0.7
"""Part of the store's memory beyond which it takes no more files: a full store takes no texts."""


@script("keep")
def KEEP(
    *,
    workspace: str,
    connection: str,
    media: str,
    sealed: str,
    kind: str,
    bytes: int,
    most: int,
    now: int,
) -> None:
    """Keep a content, if the record of the file is there; 1 where it is kept."""


def keep(services: Services, record: Record, data: bytes, content_type: str) -> bool:
    """Whether the file is kept now. Where there is no room for it, only its size and type are, and
    its link asks the provider."""
    settings = services.settings
    fits = len(data) <= settings.media_item_kb * 1024 and _has_room(services, len(data))
    call = KEEP(
        workspace=record.workspace,
        connection=record.connection,
        media=record.id,
        sealed=services.vault.seal_bytes(data) if fits else "",
        kind=content_type,
        bytes=len(data),
        most=settings.media_workspace_kb * 1024,
        now=wall_ms(),
    )
    return bool(call.run(services.db))


def content(services: Services, record: Record) -> bytes | None:
    """The content that is kept. Raises SettingsError where none of our keys opens it."""
    [sealed] = services.line.ask(("HGET", keys.media_bytes(record.workspace, record.id), "sealed"))
    return services.vault.open_bytes(sealed.decode()) if sealed else None


def _has_room(services: Services, size: int) -> bool:
    """True also for a store that does not say how full it is: the limits of workspaces remain."""
    try:
        found = services.db.info("memory")
    except NoPermissionError:
        return True
    allowed = int(found.get("maxmemory", 0))
    return not allowed or int(found["used_memory"]) + 2 * size < FULL * allowed
