"""Clients of the store, and several script calls in one round trip."""

import logging
import secrets
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis
from redis.asyncio import BlockingConnectionPool as AsyncPool
from redis.asyncio import Redis as AsyncRedis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionBroken
from redis.exceptions import (
    InvalidResponse,
    LockNotOwnedError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
)
from redis.exceptions import TimeoutError as NoAnswer
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from integration.store import sentinel
from integration.store.pool import TURN_SECONDS, Pool
from integration.store.replicas import NotReplicated, proof
from integration.store.script import ScriptCall

log = logging.getLogger(__name__)
TextStore = Any
"""A client that decodes. redis-py's types cannot tell it from one that gives bytes, and would
make every reply `bytes | str`."""
CONNECT_SECONDS = 1.5
ANSWER_SECONDS = 1.5
"""A store that does not answer in this time counts as away; the API then says 503."""
BLOCK_SECONDS = 1.0
"""The longest blocking read, kept below ANSWER_SECONDS."""
MOST = 2
"""Connections of one client. Small plans of hosted stores allow 20 or fewer in all, and a store
answers in a fraction of a millisecond. `?max_connections=…` in the address allows more."""
WEB_MOST = 3
"""Those of a web process: with two its greenlets wait for each other a tenth of the time."""
UNABLE = (
    *(ConnectionBroken, NoAnswer, InvalidResponse),
    *(OutOfMemoryError, ReadOnlyError, NoPermissionError, NotReplicated),
)
UNABLE_WORDS = (
    *("LOADING", "MISCONF", "OOM", "READONLY", "MASTERDOWN", "NOREPLICAS", "BUSY"),
    *("ACL failure in script", "The user executing the script can't"),
)
"""How the error of a store begins that is there but cannot serve; redis-py strips some of them.
The last two are NOPERM within a script: of newer servers, and of Redis 6 and 7."""


def is_unable(error: RedisError) -> bool:
    """Whether the store is away or cannot serve now, rather than refuses this one command."""
    return isinstance(error, UNABLE) or any(word in str(error)[:200] for word in UNABLE_WORDS)


def takes_no_write(error: RedisError) -> bool:
    """Whether the store refused a write, and can be read: it is full, or a replica."""
    return isinstance(error, OutOfMemoryError | ReadOnlyError) or "MISCONF" in str(error)[:200]


@contextmanager
def in_passing(*, of_a_call: bool = False) -> Iterator[None]:
    """Runs a write that may be lost: while the store is away, its error is logged and dropped.

    With `of_a_call`, that of a store that does not answer is raised: the call would wait again."""
    try:
        yield
    except RedisError as error:
        if not is_unable(error) or (of_a_call and isinstance(error, ConnectionBroken | NoAnswer)):
            raise
        log.warning("store away: %s", type(error).__name__)


@contextmanager
def alone(db: TextStore, lock: str, seconds: int) -> Iterator[bool]:
    """Whether no other process does this now. One that dies keeps others from it for so long."""
    held = db.lock(lock, timeout=seconds, thread_local=False)
    # redis-py's own token asks the system's uuid daemon.
    mine: bool = held.acquire(blocking=False, token=secrets.token_hex(8))
    try:
        yield mine
    finally:
        # A lock that expired may belong to another process.
        with suppress(LockNotOwnedError):
            if mine:
                held.release()


def connect(url: str, *, most: int = MOST) -> TextStore:
    """A client for `url`, which all threads or greenlets share, and which decodes replies to text.
    Bytes that are no text, in one foreign record, must not end a read of many records. They come as
    half surrogate pairs, and `raw` turns them into bytes again.

    `rediss://` without `ssl_cert_reqs` accepts a self-signed certificate, since that is what
    Heroku's own Redis presents; give `?ssl_cert_reqs=required` (and `ssl_ca_certs=…`) to verify.
    """
    options = {**_options(url), "max_connections": most}
    if sentinel.named_in(url):
        return redis.Redis.from_pool(Pool(**sentinel.options(url, options)))
    return redis.Redis.from_pool(Pool.from_url(url, **options))


def connect_async(url: str) -> TextStore:
    """A decoding client for asyncio code."""
    options = {**_options(url), "max_connections": MOST, "timeout": TURN_SECONDS}
    if sentinel.named_in(url):
        return AsyncRedis.from_pool(AsyncPool(**sentinel.options(url, options, awaits=True)))
    return AsyncRedis.from_pool(AsyncPool.from_url(url, **options))


def raw(text: str) -> bytes:
    """The bytes that were read as this text, also those that are no text. The client would
    refuse to write them, and as escapes they would be no JSON to a script."""
    return text.encode(errors="surrogateescape")


def _options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "decode_responses": True,
        "encoding_errors": "surrogateescape",
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "health_check_interval": 30,
        # No store of ours announces its maintenance; asking costs a round trip a connection.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        # A pooled connection may be dead since the store restarted, so one new try is made.
        # It may repeat a command whose reply was lost: every script of ours bears that.
        "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionBroken,)),
    }
    if url.startswith("rediss") and "ssl_cert_reqs" not in parse_qs(urlsplit(url).query):
        options |= {"ssl_cert_reqs": ssl.CERT_NONE, "ssl_check_hostname": False}
    if url.startswith("unix://"):
        options.pop("socket_connect_timeout")
    return options


async def together(db: TextStore, calls: Sequence[ScriptCall], replicas: int = 0) -> list[Any]:
    """What several script calls return, in one round trip and not in one step.

    A refusal of one stands in its place. Where a script is missing all are called again, which each
    has to bear. Raises NotReplicated where fewer replicas have what they wrote.
    """
    if len(calls) == 1 and not replicas:
        return [await calls[0].arun(db)]
    waits = proof(replicas) if replicas else ()
    async with db.pipeline(transaction=False) as pipe:
        for command in (*(call.by_hash() for call in calls), *waits):
            pipe.execute_command(*command)
        found: list[Any] = await pipe.execute(raise_on_error=False)
    if any(isinstance(each, NoScriptError) for each in found):
        for source in {call.source for call in calls}:
            await db.script_load(source)
        return await together(db, calls, replicas)
    if replicas and not (isinstance(found[-1], int) and found[-1] >= replicas):
        raise NotReplicated
    return found[: len(calls)]
