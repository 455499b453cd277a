"""Whether the store keeps its data: reasons why it may lose some, and whether it was emptied."""

import logging
import os

from redis.exceptions import NoPermissionError, RedisError

from integration.kernel import times
from integration.kernel.errors import SettingsError
from integration.store import format as store_format
from integration.store import keys, lifetimes, mends, past, rights, server
from integration.store.client import TextStore
from integration.store.clock import as_wall, now_ms, wall_ms

log = logging.getLogger(__name__)
ALARM_MS = 86_400_000
"""How long /readyz reports that the store was emptied: a day, in which its user surely looks."""
YOUNG_MS = 3_600_000

_known: dict[str, int] = {}
"""Creation time of each store that this process has seen: when it last saw it (ms)."""
_told: list[str] = []
"""The mark of the store's past that this process has logged."""
# A forked process, perhaps started much later, has seen no store itself.
os.register_at_fork(after_in_child=_known.clear)


def at_start(db: TextStore) -> None:
    """Refuse a store that cannot serve, and log what makes it lose data.

    Raises SettingsError. A store that is away is accepted: the process starts and waits for it.
    """
    try:
        facts = server.facts(db)
        server.refuse(facts)
        _refuse_rights(rights.missing(db))
        store_format.claim(db)
        past.meet(db, str(facts.get("run_id", "")))
    except RedisError as error:
        if why := mends.lasting(error):
            raise SettingsError(why) from error
        log.warning("the store does not answer yet: %s", mends.known(error) or error)
        return
    for warning in filter(None, [*complaints(db, facts), server.unknown(facts)]):
        log.warning("%s", warning)
    log.info("%s", server.room(facts).detail)
    watch(db)
    if not _known:
        log.warning("%s", newness(db))


def _refuse_rights(lacking: list[str]) -> None:
    if lacking:
        raise SettingsError(
            "REDIS_URL names a user that needs more rights: give it with ACL SETUSER"
            f" {' '.join(lacking)} (docs/store.md)."
        )


def complaints(db: TextStore, facts: server.Facts) -> list[str]:
    """Sentences on why this store may lose data; an empty list where it may not."""
    found = [*server.complaints(facts), lost(db)]
    if (mark := _mark(db)).startswith(past.PROVED):
        found.append(put_back(db, mark))
    return [each for each in found if each]


def watch(db: TextStore) -> None:
    """Note in the store that it replaced another store a moment ago. Every process looks each
    second, for the new store itself knows nothing of the old one."""
    born = db.get(keys.EMPTY_MARK)
    for former, seen in [each for each in _known.items() if each[0] != born]:
        # When the old one was last seen: no reader has had what came in since then.
        db.set(keys.EMPTIED, seen, nx=True, ex=lifetimes.EMPTIED_SECONDS)
        _known.pop(former, None)
        log.error("%s", lost(db))
    if born:
        _known[born] = wall_ms()
    past.keep_run(db, _run(db))
    if (mark := _mark(db)) and mark not in _told:
        _told[:] = [mark]
        level = logging.ERROR if mark.startswith(past.PROVED) else logging.WARNING
        log.log(level, "%s", put_back(db, mark))


def emptied_ms(db: TextStore) -> int | None:
    """When a process last saw the store before it was emptied (ms); None where it never was."""
    at = db.get(keys.EMPTIED)
    return int(at) if at else None


def lost(db: TextStore) -> str:
    """A sentence on what is gone and what to do, for a day after the emptying; else ""."""
    at = emptied_ms(db)
    if at is None or wall_ms() - at > ALARM_MS:
        return ""
    return (
        f"The store was emptied or exchanged at {times.from_ms(at)}: keys, connections, hooks and"
        " jobs made before are gone. Make new keys, connect the accounts, and switch each Zap or"
        " scenario off and on."
    )


def put_back(db: TextStore, mark: str = "") -> str:
    """A sentence on what the store went back to and what becomes of it, for a day; else ""."""
    word, _, at = (mark or _mark(db)).partition(" ")
    if not word:
        return ""
    if word == past.PROVED:
        return (
            f"The store was put back to an earlier state at {_moment(at)}; what was accepted in"
            " between is gone. What waited is looked up at its provider before it is sent, and"
            " listed as unknown where that is not possible."
        )
    return (
        f"At {_moment(at)} Hookline found that the store had started again while it did not run, so"
        " it may hold an earlier state. What waited is looked up at providers that can be asked;"
        " the rest is sent."
    )


def _moment(steady: str) -> str:
    return times.from_ms(as_wall(int(steady)))


def _mark(db: TextStore) -> str:
    """The mark of a store that was put back in the last day, else ""."""
    mark = str(db.hget(keys.PAST, "mark") or "")
    at = mark.partition(" ")[2]
    return mark if at.isdecimal() and now_ms() - int(at) < ALARM_MS else ""


def newness(db: TextStore) -> str:
    """A sentence for the first hour of a store, which may be a first start or a wrong volume."""
    born = db.get(keys.EMPTY_MARK)
    if born and wall_ms() - int(born) > YOUNG_MS:
        return ""
    return (
        "The store is new. If Hookline ran here before, this is not the store that it had:"
        " check REDIS_URL and the server's volume."
    )


def _run(db: TextStore) -> str:
    """The server's own id, which each of its starts changes; "" where we may not ask for it."""
    try:
        return str(db.info("server").get("run_id", ""))
    except NoPermissionError:
        return ""
