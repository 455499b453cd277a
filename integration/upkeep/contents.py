"""What a copy of the store holds: every key that is the user's or tells what is known already.

Left out is what belongs to running processes, and what would make something fire again: the
deliveries, the lanes, and how far the fan-out is. So are the answers to STOP and HELP that are
owed: a job that the copy lacks may have sent them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from integration.store import damaged, keys
from integration.store.client import TextStore, raw
from integration.store.clock import wall_ms
from integration.store.key import Key, declared

TRANSIENT = frozenset(
    {
        *("quota", "permits", "belongings", "account_seen"),
        *("jobs_due", "jobs_leased", "lanes", "lane", "lane_answered", "lane_due", "lane_asks"),
        *("lane_out", "lane_fallbacks", "lane_paced", "lane_queue", "lane_ends", "lane_full"),
        *("ended",),
        *("rq_job", "rq_waiting", "rq_workers", "rq_queue_workers", "rq_worker"),
        *("fanout_position", "fanout_owed", "delivery", "hook_due", "hook_log", "hooks_due"),
        *("owed", "leased", "busy", "drains", "wake", "opt_out_answers"),
        *("sync_asked", "sync_lock", "watch_lock", "registration_lock"),
        *("media_bytes", "media_kept", "media_lock"),
        *("heartbeat", "processes", "console_session", "emptied", "broken"),
        *("conversation", "conversations_read"),
        *("replicated", "own_address", "sign_in_link", "console_form"),
    }
)
"""The names of the keys that no copy holds; all others go along."""
FIRST = ("job",)
"""Before the rest: a job that goes out meanwhile is then in the logs of sends that come later."""
LATE = ("inbox",)
"""After what makes a message known: one that comes in between is then given again, not lost."""
LAST = ("workspaces", "api_keys", "connections", "empty_mark", "format")
"""Without these no process works on what is restored so far."""
SOME = 500
"""Entries of one piece, and keys that are read at once."""
MOST = 5_000
"""Entries and keys that are written at once."""


Names = Sequence[tuple[str, Key]]
GONE = -2
"""What the store answers for the TTL of a key that is not there."""


class Piece(NamedTuple):
    """A key, or a part of a large one. `until_ms` is when it expires (ms since 1970), None where it
    does not. `begins` says that it is the first of its key."""

    name: str
    kind: str
    until_ms: int | None
    begins: bool
    data: Any


def names(db: TextStore) -> Names:
    """The keys of a copy, in the order in which they are read and restored."""
    found: dict[str, Key] = {}
    for name in db.scan_iter(keys.OURS, count=1000):
        key = declared(name)
        if key and key.name not in TRANSIENT:
            found[name] = key
    return sorted(found.items(), key=lambda each: _rank(each[1]))


def _rank(key: Key) -> int:
    for rank, group in ((0, FIRST), (2, LATE), (3, LAST)):
        if key.name in group:
            return rank
    return 1


def pieces(db: TextStore, wanted: Names) -> Iterator[Piece]:
    """What the keys hold. One that is gone meanwhile, or holds another type, gives nothing."""
    for start in range(0, len(wanted), SOME):
        some = wanted[start : start + SOME]
        with db.pipeline(transaction=False) as pipe:
            for name, key in some:
                pipe.pttl(raw(name))
                _ask(pipe, name, key.kind, None)
            found = pipe.execute(raise_on_error=False)
        for (name, key), left, first in zip(some, found[::2], found[1::2], strict=True):
            if isinstance(first, Exception):
                damaged.note_refusal(db, name, first)
            elif left != GONE:
                until = wall_ms() + left if left >= 0 else None
                yield from _of_one(db, name, key.kind, until, first)


def _of_one(db: TextStore, name: str, kind: str, until: int | None, answer: Any) -> Iterator[Piece]:
    data, place = _read(kind, answer)
    if kind == "list" and place is not None:
        # In one step: what comes in at its head meanwhile would move the rest of it.
        whole = db.lrange(raw(name), 0, -1)
        for start in range(0, len(whole), SOME):
            yield Piece(name, kind, until, start == 0, whole[start : start + SOME])
        return
    yield Piece(name, kind, until, True, data)
    while place is not None:
        data, place = _read(kind, _ask(db, name, kind, place))
        yield Piece(name, kind, until, False, data)


def _ask(client: Any, name: str, kind: str, place: Any) -> Any:
    """Ask for what lies at a place of the key, None for its beginning."""
    name_ = raw(name)
    match kind:
        case "string":
            return client.get(name_)
        case "hash":
            return client.hscan(name_, place or 0, count=SOME)
        case "set":
            return client.sscan(name_, place or 0, count=SOME)
        case "sorted set":
            return client.zscan(name_, place or 0, count=SOME)
        case "list":
            return client.lrange(name_, 0, SOME - 1)
    return client.xrange(name_, f"({place}" if place else "-", "+", SOME)


def _read(kind: str, answer: Any) -> tuple[Any, Any]:
    """The data of an answer, and the place behind it; None where that is the end."""
    match kind:
        case "string":
            return answer, None
        case "hash" | "set" | "sorted set":
            cursor, data = answer
            return data, int(cursor) or None
        case "list":
            return answer, SOME if len(answer) == SOME else None
    return answer, answer[-1][0] if len(answer) == SOME else None


def portions(pieces: Iterable[Piece]) -> Iterator[Sequence[Piece]]:
    """The pieces in groups that memory holds at once: of small keys many, of a large one few."""
    some: list[Piece] = []
    size = 0
    for each in pieces:
        some.append(each)
        size += 1 if each.kind == "string" else 1 + len(each.data)
        if size > MOST:
            yield some
            some, size = [], 0
    if some:
        yield some


def empty(db: TextStore) -> None:
    """Remove everything of ours, also RQ's wake-ups."""
    for pattern in (keys.OURS, keys.OF_RQ):
        for name in db.scan_iter(pattern, count=1000):
            db.unlink(raw(name))


def restored(pipe: Any, piece: Piece) -> None:
    """Queue the commands that write a piece."""
    name, data = raw(piece.name), _written(piece.data)
    if piece.begins:
        pipe.delete(name)
    if data is None or data in ([], {}):
        return
    match piece.kind:
        case "string":
            pipe.set(name, data)
        case "hash":
            pipe.hset(name, mapping=data)
        case "set":
            pipe.sadd(name, *data)
        case "sorted set":
            pipe.zadd(name, dict(data))
        case "list":
            pipe.rpush(name, *data)
        case _:
            for position, fields in data:
                pipe.xadd(name, fields, id=position)
    if piece.until_ms is not None:
        pipe.pexpireat(name, piece.until_ms)


def _written(value: Any) -> Any:
    """The bytes of each text: the client would refuse half a surrogate pair."""
    if isinstance(value, str):
        return raw(value)
    if isinstance(value, dict):
        return {raw(name): _written(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_written(each) for each in value]
    return value
