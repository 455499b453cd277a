"""The line: sends commands of many callers to the store together, in one round trip.

A client for general use does more around each command than a poll does in all. It asks the system
whether a pooled connection is still open, and shapes every reply. Here commands are written
together, and their replies come as they are, in bytes. While an exchange is under way, callers line
up, and the first of them takes the commands of all along. So two connections carry a busy web
process. What keeps a connection safe (time-outs, TLS, the check of one that was idle) is
redis-py's own, as in `client.connect`.
"""

import copy
import threading
import time
from collections.abc import Sequence
from itertools import chain
from typing import Any

from redis.exceptions import ConnectionError as ConnectionBroken
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as NoAnswer

from integration.store import measures
from integration.store.pool import TURN_SECONDS, Connection, Pool, is_silence
from integration.store.replicas import NotReplicated, proof
from integration.store.script import ScriptCall

Command = Sequence[str | bytes | int]


class Caller:
    """One in the line: what it asks, and its replies, or the error in place of them.

    One that is `kept` is over only when the replicas have what it wrote.
    One that leads asks for a `batch`, whose first it is. One that was broken off is `gone`.
    """

    __slots__ = ("batch", "count", "error", "found", "gone", "kept", "packed", "proved", "woken")

    def __init__(self, packed: Sequence[bytes], count: int, kept: bool) -> None:
        self.packed, self.count, self.kept = packed, count, kept
        self.proved = not kept
        self.batch: Sequence[Caller] = ()
        self.found: list[Any] = []
        self.error: RedisError | None = None
        self.gone = False
        self.woken = threading.Lock()
        self.woken.acquire()

    @property
    def is_over(self) -> bool:
        return self.error is not None or (len(self.found) == self.count and self.proved)


class Line:
    """Exchanges over the connections of a pool, for all threads or greenlets of a process."""

    def __init__(self, pool: Pool, replicas: int = 0) -> None:
        self._pool, self._replicas = pool, replicas
        # Never opened: it only knows how commands are written.
        self._pack = pool.make_connection().pack_commands
        self._proof = self._pack(proof(replicas))
        self._lock = threading.Lock()
        self._waiting: list[Caller] = []
        self._leading = 0
        self._heard = 0.0

    def ask(self, *commands: Command) -> list[Any]:
        """The replies. Raises ResponseError for the first command that the store refuses."""
        return _unrefused(self._exchange(commands))

    def run(self, call: ScriptCall, *reads: Command, kept: bool = False) -> list[Any]:
        """The script's result, followed by the replies of `reads`, which run right after it.

        With `kept`, raises NotReplicated where not enough replicas have what the script wrote.
        """
        found = self._exchange((call.by_hash(), *reads), kept)
        if isinstance(found[0], NoScriptError):
            found = self._exchange((call.with_source(), *reads), kept)
        return _unrefused(found)

    def _exchange(self, commands: Sequence[Command], kept: bool = False) -> list[Any]:
        mine = Caller(self._pack(commands), len(commands), kept and self._replicas > 0)
        with self._lock:
            if self._leading < self._pool.max_connections:
                self._leading += 1
                mine.batch = (mine,)
            else:
                self._waiting.append(mine)
        if not mine.batch:
            self._wait(mine)
        if mine.batch:
            self._lead(mine.batch)
        if mine.error:
            raise mine.error
        return mine.found

    def _wait(self, mine: Caller) -> None:
        """Return when another has asked for this one, or has made it the next that leads."""
        try:
            if mine.woken.acquire(timeout=TURN_SECONDS):
                return
            with self._lock:
                mine.gone = mine in self._waiting
            if not mine.gone:
                # Another is asking for it, and the time-outs of the connection bound that.
                mine.woken.acquire()
        except BaseException:
            with self._lock:
                mine.gone = True
                left = mine.batch[1:]
            if mine.batch:
                self._hand_over(left)
            raise
        if mine.gone:
            raise NoAnswer("every connection to the store is in use")

    def _lead(self, batch: Sequence[Caller]) -> None:
        """Ask for all of the batch. Where this one is broken off, the next asks for the others."""
        began = time.monotonic()
        try:
            self._serve(batch)
            self._heard = time.monotonic()
        except RedisError as error:
            _fail(batch, error)
            if isinstance(error, NoAnswer | ConnectionBroken) and is_silence(began, self._heard):
                # Those that wait are not left to find that out one by one.
                with self._lock:
                    waiting, self._waiting = self._waiting, []
                _fail(waiting, error)
                for each in waiting:
                    each.woken.release()
        finally:
            others = batch[1:]
            # First of all: the store has nothing to do for us until the next one asks.
            self._hand_over([each for each in others if not each.is_over])
            for each in others:
                if each.is_over:
                    each.woken.release()

    def _hand_over(self, left: Sequence[Caller]) -> None:
        """Let the first of those that wait lead the others."""
        with self._lock:
            batch = [each for each in (*left, *self._waiting) if not each.gone]
            self._waiting = []
            if batch:
                batch[0].batch = batch
                batch[0].woken.release()
            else:
                self._leading -= 1

    def _serve(self, batch: Sequence[Caller]) -> None:
        connection = self._pool.lend()
        began = time.perf_counter()
        try:
            try:
                self._answer(connection, batch)
            except ConnectionBroken:
                # It may be dead since the store restarted, so one new try is made, as everywhere.
                # It repeats a command whose reply was lost, which every script of ours bears.
                connection.disconnect()
                self._answer(connection, [each for each in batch if not each.is_over])
        except BaseException:
            # The next request would take an unread reply for its own.
            connection.disconnect()
            raise
        finally:
            self._pool.release(connection)
            measures.observe(measures.STORE_TRIPS, time.perf_counter() - began)

    def _answer(self, connection: Connection, batch: Sequence[Caller]) -> None:
        kept = [each for each in batch if each.kept]
        parts = [*(each.packed for each in batch), self._proof if kept else ()]
        connection.send_packed_command([b"".join(chain.from_iterable(parts))])
        for each in batch:
            # All of one caller's replies or none, so that a new try asks for all of them again.
            each.found = [_reply(connection) for _ in range(each.count)]
        if kept:
            _reply(connection)
            self._prove(kept, _reply(connection))

    def _prove(self, kept: Sequence[Caller], count: Any) -> None:
        """One wait stands for all: it comes after what each of them wrote."""
        for each in kept:
            each.proved = isinstance(count, int) and count >= self._replicas
            if not each.proved:
                each.error = count if isinstance(count, RedisError) else NotReplicated()


def _fail(callers: Sequence[Caller], error: RedisError) -> None:
    for each in callers:
        if not each.is_over:
            each.error = copy.copy(error)


def _unrefused(found: list[Any]) -> list[Any]:
    for each in found:
        if isinstance(each, ResponseError):
            raise each
    return found


def _reply(connection: Connection) -> Any:
    try:
        return connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error
