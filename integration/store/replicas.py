"""Replicas: what was acknowledged is on `wanted` of them first (STORE_REPLICAS), where that is > 0.

WAIT counts what its own connection wrote, and a call that is repeated writes nothing. So a write of
the mark goes before each WAIT. Replication is in order: where a replica has the mark, it has all
that the store did before.
"""

from collections.abc import Callable
from typing import Any

from redis.exceptions import NoScriptError, RedisError

from integration.store import keys
from integration.store.lifetimes import REPLICATED_SECONDS
from integration.store.script import Command, ScriptCall

WAIT_MS = 1_000
"""Shorter than the store may take for an answer (client.ANSWER_SECONDS)."""
MISSING = "The store's replicas do not confirm in time what is written."


class NotReplicated(RedisError):
    """Raised where something was written, and too few replicas confirmed it in time."""

    def __init__(self) -> None:
        super().__init__(MISSING)


def proof(wanted: int) -> tuple[Command, Command]:
    """What is sent right after a write; the second answers how many replicas have it."""
    mark = ("SET", keys.REPLICATED, 1, "EX", REPLICATED_SECONDS)
    return mark, ("WAIT", wanted, WAIT_MS)


def run(db: Any, call: ScriptCall, wanted: int) -> tuple[Any, bool]:
    """What the script returns, and whether the replicas have what it wrote."""
    if not wanted:
        return call.run(db), True
    answer, count = _asked(db, wanted, call.by_hash())
    if isinstance(answer, NoScriptError):
        answer, count = _asked(db, wanted, call.with_source())
    for each in (answer, count):
        if isinstance(each, RedisError):
            raise each
    return answer, count >= wanted


def kept(db: Any, call: ScriptCall, wanted: int) -> Any:
    """What the script returns; raises NotReplicated."""
    answer, is_kept = run(db, call, wanted)
    if not is_kept:
        raise NotReplicated
    return answer


def confirm(db: Any, wanted: int, look: Command, is_so: Callable[[Any], bool] = bool) -> None:
    """Raises NotReplicated unless the replicas have what was written, and the answer to `look` says
    so. It was written on another connection, perhaps to a primary that has failed since."""
    if wanted:
        found, count = _asked(db, wanted, look)
        if isinstance(count, RedisError):
            raise count
        if not is_so(found) or count < wanted:
            raise NotReplicated


def count(db: Any, wanted: int) -> int:
    """How many replicas have confirmed a write once `wanted` have, or the time is up."""
    return int(_asked(db, wanted, ("PING",))[1])


def _asked(db: Any, wanted: int, command: Command) -> tuple[Any, Any]:
    with db.pipeline(transaction=False) as pipe:
        for each in (command, *proof(wanted)):
            pipe.execute_command(*each)
        found = pipe.execute(raise_on_error=False)
    return found[0], found[2]
