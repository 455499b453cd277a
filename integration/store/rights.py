"""The rights that the store's user needs: tried at the start, and named where one is missing."""

from collections.abc import Iterator, Sequence
from typing import Any

from redis.exceptions import NoPermissionError, ResponseError

from integration.store import keys
from integration.store.client import TextStore
from integration.store.pool import Connection

KEY = keys.heartbeat("rights")
PATTERNS = {f"~{keys.OURS}": KEY, f"~{keys.OF_RQ}": keys.rq_worker("rights")}
"""The keys that Hookline and RQ use, each pattern with an example that no process writes."""
SAMPLES = """
PING | TIME | GET k | TTL k | PTTL k | TYPE k | PERSIST k | DEL k | EXISTS k | MGET k | SET k v
EXPIRE k 1 | PEXPIRE k 1 | PEXPIREAT k 1 | UNLINK k | SCAN 0
EVAL s 0 | EVALSHA s 0 | SCRIPT LOAD s | WAIT 0 1
HGET k f | HMGET k f | HGETALL k | HVALS k | HLEN k | HEXISTS k f | HSET k f v | HSETNX k f v
HDEL k f | HINCRBY k f 1 | HSCAN k 0 | SSCAN k 0 | ZSCAN k 0
LLEN k | LINDEX k 0 | LRANGE k 0 0 | LPOS k v | LPUSH k v | RPUSH k v | LPOP k | RPOP k
LSET k 0 v | LREM k 0 v | LTRIM k 0 0 | LMOVE k k LEFT LEFT | BLPOP k 1
SMEMBERS k | SISMEMBER k v | SRANDMEMBER k | SADD k v | SREM k v | SPOP k
ZCARD k | ZRANK k v | ZSCORE k v | ZCOUNT k 0 0 | ZRANGE k 0 0 | ZREVRANGE k 0 0
ZRANGEBYSCORE k 0 0 | ZREVRANGEBYSCORE k 0 0
ZADD k 0 v | ZREM k v | ZREMRANGEBYRANK k 0 0 | ZREMRANGEBYSCORE k 0 0 | ZUNIONSTORE k 1 k
XLEN k | XRANGE k - + | XREVRANGE k + - | XREAD STREAMS k 0 | XADD k * f v | XDEL k 0
XTRIM k MAXLEN 0
"""
"""Every command that is sent, with arguments that the server accepts; `k` stands for a key."""
Try = tuple[str, Sequence[str]]
"""A right as ACL SETUSER takes it, and a command that needs it."""


def missing(db: TextStore) -> list[str]:
    """The rights that the user of this store lacks, as ACL SETUSER takes them; [] for none.

    Nothing is run: within a MULTI the server judges each command when it is queued, and DISCARD
    drops them all. ACL DRYRUN would need Redis 7, and a right that few users have.
    """
    connection = db.connection_pool.get_connection()
    try:
        # EXEC comes first, where nothing can be queued yet. After a MULTI that was refused,
        # every other command would run.
        first = [("+exec", ["EXEC"]), ("+watch", ["WATCH", KEY]), ("+multi", ["MULTI"])]
        found = _refused(connection, first)
        if "+multi" not in found:
            found += _refused(connection, [*_tries(), ("+discard", ["DISCARD"])])
    finally:
        # A user who may not run DISCARD leaves the MULTI in it.
        connection.disconnect()
        db.connection_pool.release(connection)
    return found


def commands() -> list[list[str]]:
    """A sample of every command."""
    return [each.split() for line in SAMPLES.strip().splitlines() for each in line.split(" | ")]


def _tries() -> Iterator[Try]:
    for words in commands():
        name = "|".join(words[:2]) if words[0] == "SCRIPT" else words[0]
        yield f"+{name.lower()}", [KEY if word == "k" else word for word in words]
    for pattern, example in PATTERNS.items():
        yield pattern, ["GET", example]
        yield pattern, ["SADD", example, "v"]


def _refused(connection: Connection, tries: Sequence[Try]) -> list[str]:
    connection.send_packed_command(connection.pack_commands([words for _, words in tries]))
    replies = [(right, _reply(connection)) for right, _ in tries]
    return list(dict.fromkeys(right for right, reply in replies if _lacks(right, reply)))


def _lacks(right: str, reply: Any) -> bool:
    """Whether a command was refused for this right, rather than for its key or for its place.

    Each server has words of its own; those that refuse a command all speak of running it. A
    refused EXEC is an error of its own kind that repeats the refusal.
    """
    refused = isinstance(reply, NoPermissionError) or "NOPERM" in str(reply)
    return refused and (" to run " in str(reply)) == right.startswith("+")


def _reply(connection: Connection) -> Any:
    try:
        return connection.read_response()
    except ResponseError as refusal:
        return refusal
