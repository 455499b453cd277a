"""`hookline restore`: a copy into an empty store, from which nothing of before fires again.

Jobs that had not ended are looked up at their provider before they are sent. Hooks are given what
comes in from now on; what they were owed can be replayed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import IO, Any

from integration.jobs.ask_first import ask_first
from integration.jobs.record import SETTLED
from integration.kernel import times
from integration.kernel.errors import Conflict, SettingsError
from integration.services import Services
from integration.store import clock, heartbeat, keys, server
from integration.store.client import TextStore
from integration.store.format import FORMAT
from integration.store.vault import Vault
from integration.upkeep import contents, rotation, sealed_file
from integration.upkeep.contents import Piece
from integration.upkeep.progress import Progress

PROCESSES = ("worker", "deliveries", "scheduler")
WHY = "The store was restored from a backup of {}, and this may have been sent since."
TRIED = ("failing_since", "window", "ceiling", "wait_until", "refusals", "hung")
"""Fields of a hook that say how its last attempts went; hooks/change.lua removes them as well."""
ALWAYS = ("format", "empty_mark", "clock", "counters", "measures")
"""Keys that a process writes into a store that has nothing yet."""
RUNNING = (
    "The service runs on this store: a {} was alive {} s ago. Stop all of its processes, wait 15 s,"
    " and restore again."
)
FULL = (
    "The store is not empty: it holds {} keys, such as {}. Name an empty one in REDIS_URL, or give"
    " --replace to remove what is there."
)
NEWER = "The backup has format {}, and this release reads up to format {}; run a newer release."


def restore(
    services: Services,
    file: IO[str],
    passphrase: str | None,
    progress: Progress,
    *,
    empties: bool = False,
) -> dict[str, object]:
    """Restore the copy; returns how much of what. `empties` removes what the store holds.

    Raises HooklineError, and changes nothing, where the file cannot be read to its end, the store
    is not empty, or a process works on it. So it does for a server that the service would refuse.
    """
    settings, db = services.settings, services.db
    tried = [passphrase] if passphrase else [settings.secret_key, *settings.old_secret_keys]
    server.refuse(server.facts(db))
    clock.agree(db)
    _refuse_running(db)
    head, total = _checked(file, tried)
    if not empties:
        _refuse_full(db)
    contents.empty(db)
    file.seek(0)
    values = sealed_file.read(file, tried)
    next(values)
    jobs = _loaded(db, (Piece(*each) for each in values), lambda done: progress(done, total))
    # Again: the copy brought the clock of its store.
    clock.agree(db)
    asked = sum(ask_first(services, each, WHY.format(_moment(head))) for each in jobs)
    if head["secret_keys"]:
        vault = Vault(settings.secret_key, (*settings.old_secret_keys, *head["secret_keys"]))
        rotation.rotate(replace(services, vault=vault))
    return {"keys": total, "made_at": _moment(head), "open_jobs": len(jobs), "asked_first": asked}


def _moment(head: Mapping[str, Any]) -> str:
    return times.from_ms(head["made_ms"])


def _checked(file: IO[str], passphrases: Sequence[str]) -> tuple[Mapping[str, Any], int]:
    """The head and the number of keys. It reads the file to its end: one that is cut off must not
    leave half a store."""
    values = sealed_file.read(file, passphrases)
    head = next(values)
    if int(head["format"]) > FORMAT:
        raise SettingsError(NEWER.format(head["format"], FORMAT))
    return head, sum(Piece(*each).begins for each in values)


def _refuse_running(db: TextStore) -> None:
    for kind in PROCESSES:
        age = heartbeat.age_ms(db, kind)
        if age is not None:
            raise Conflict(RUNNING.format(kind, age // 1000))


def _refuse_full(db: TextStore) -> None:
    found = [name for name, key in contents.names(db) if key.name not in ALWAYS]
    if found:
        raise Conflict(FULL.format(len(found), found[0]))


def _loaded(
    db: TextStore, pieces: Iterator[Piece], progress: Callable[[int], None]
) -> Sequence[str]:
    """Write the pieces; returns the jobs that have not ended."""
    jobs, done = [], 0
    for some in contents.portions(pieces):
        with db.pipeline(transaction=False) as pipe:
            for each in some:
                contents.restored(pipe, _untried(each))
                _pass_over(pipe, each)
            pipe.execute()
        jobs += [keys.job.values(each.name)[0] for each in some if _is_open(each)]
        done += sum(each.begins for each in some)
        progress(done)
    return jobs


def _is_open(piece: Piece) -> bool:
    found = piece.begins and keys.job.matches(piece.name)
    return found and piece.data.get("status") not in SETTLED


def _untried(piece: Piece) -> Piece:
    """A hook as one that is resumed. Its target may be well again since the copy was made. Failures
    that begin before it would pause the hook at its next one."""
    if piece.kind != "hash" or not keys.hook.matches(piece.name):
        return piece
    return piece._replace(data={name: piece.data[name] for name in piece.data if name not in TRIED})


def _pass_over(pipe: Any, piece: Piece) -> None:
    """Set the fan-out behind the events of an inbox, so that no hook is given them again."""
    if piece.kind == "stream" and keys.inbox.matches(piece.name) and piece.data:
        pipe.set(keys.fanout_position(*keys.inbox.values(piece.name)), piece.data[-1][0])
