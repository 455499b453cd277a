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
from collections.abc import Sequence
from itertools import chain
from typing import Any

from redis.exceptions import ConnectionError as ConnectionBroken
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as NoAnswer

from integration.store.pool import TURN_SECONDS, Connection, Pool
from integration.store.script import ScriptCall

Command = Sequence[str | bytes | int]


class Caller:
    """One in the line: what it asks, and its replies, or the error in place of them.

    One that leads asks for a `batch`, whose first it is. One that was broken off is `gone`.
    """

    __slots__ = ("batch", "count", "error", "found", "gone", "packed", "woken")

    def __init__(self, packed: Sequence[bytes], count: int) -> None:
        self.packed, self.count = packed, count
        self.batch: Sequence[Caller] = ()
        self.found: list[Any] = []
        self.error: RedisError | None = None
        self.gone = False
        self.woken = threading.Lock()
        self.woken.acquire()

    @property
    def is_over(self) -> bool:
        return self.error is not None or len(self.found) == self.count


class Line:
    """Exchanges over the connections of a pool, for all threads or greenlets of a process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        # Never opened: it only knows how commands are written.
        self._pack = pool.make_connection().pack_commands
        self._lock = threading.Lock()
        self._waiting: list[Caller] = []
        self._leading = 0

    def ask(self, *commands: Command) -> list[Any]:
        """The replies. Raises ResponseError for the first command that the store refuses."""
        found = self._exchange(commands)
        for each in found:
            if isinstance(each, ResponseError):
                raise each
        return found

    def run(self, call: ScriptCall, *reads: Command) -> list[Any]:
        """The script's result, followed by the replies of `reads`, which run right after it."""
        found = self._exchange((call.by_hash(), *reads))
        if isinstance(found[0], NoScriptError):
            return self.ask(call.with_source(), *reads)
        for each in found:
            if isinstance(each, ResponseError):
                raise each
        return found

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        mine = Caller(self._pack(commands), len(commands))
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
        try:
            self._serve(batch)
        except RedisError as error:
            for each in batch:
                if not each.is_over:
                    each.error = copy.copy(error)
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
        try:
            try:
                _answer(connection, batch)
            except ConnectionBroken:
                # It may be dead since the store restarted, so one new try is made, as everywhere.
                # It repeats a command whose reply was lost, which every script of ours bears.
                connection.disconnect()
                _answer(connection, [each for each in batch if not each.is_over])
        except BaseException:
            # The next request would take an unread reply for its own.
            connection.disconnect()
            raise
        finally:
            self._pool.release(connection)


def _answer(connection: Connection, batch: Sequence[Caller]) -> None:
    packed = b"".join(chain.from_iterable(each.packed for each in batch))
    connection.send_packed_command([packed])
    for each in batch:
        # All of one caller's replies or none, so that a new try asks for all of them again.
        each.found = [_reply(connection) for _ in range(each.count)]


def _reply(connection: Connection) -> Any:
    try:
        return connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error
