"""Records of files: what is known of each file of a received message, without its content."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import TextStore
from integration.store.script import script

WAITING, ASKED, BROUGHT, KEPT, LEFT, FAILED = (
    *("waiting", "asked", "brought", "kept", "left", "failed"),
)
"""The states of a file; keys/media.py says what each means."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """`url` is where the provider keeps the file, "" where it cannot be asked. `size` is in bytes,
    0 where it is not known. `reason` is a sentence on why the file is not there."""

    workspace: str
    id: str
    connection: str
    url: str
    content_type: str
    state: str
    reason: str = ""
    tries: int = 0
    size: int = 0


@script("settle")
def SETTLE(
    *, workspace: str, connection: str, media: str, state: str, reason: str, tries: int, due: str
) -> None:
    """Note how a try to fetch a file ended; `due` is when the next one is (ms), "" for none."""


def get(services: Services, workspace: str, media: str) -> Record | None:
    """None also for one that expired, or that was erased."""
    return several(services, workspace, [media])[0]


def several(services: Services, workspace: str, ids: Sequence[str]) -> list[Record | None]:
    found = damaged.hashes(services.db, [keys.media(workspace, each) for each in ids])
    return [_read(workspace, id, each) for id, each in zip(ids, found, strict=True)]


def _read(workspace: str, id: str, found: dict[str, str]) -> Record | None:
    try:
        source = json.loads(found["source"])
        return Record(
            workspace=workspace,
            id=id,
            connection=found["connection"],
            url=str(source["url"]),
            content_type=found.get("type") or str(source["content_type"]),
            state=found["state"],
            reason=found.get("reason", ""),
            tries=int(found.get("tries", 0)),
            size=int(found.get("size", 0)),
        )
    except damaged.NONSENSE:
        return None


def ids_in(event: str) -> list[str]:
    """The files that a stored event names."""
    try:
        named: Any = json.loads(event).get("media") or ()
        return [str(each["id"]) for each in named if each.get("id")]
    except damaged.NONSENSE:
        return []


def forget(db: TextStore, workspace: str, ids: Iterable[str]) -> int:
    """Remove files with all that is known of them; how many there were. What is fetched meanwhile
    is not kept, since its record is gone."""
    index, gone = keys.media_kept(workspace), 0
    wanted = set(ids)
    kept = db.zrange(index, 0, -1) if wanted else ()
    for each in wanted:
        gone += int(db.delete(keys.media(workspace, each), keys.media_bytes(workspace, each)) > 0)
    for entry in kept:
        if entry.partition(" ")[0] in wanted:
            db.zrem(index, entry)
    return gone
