"""The pool: a few connections to the store, lent in turn to all threads or greenlets of a process.

redis-py's own pool raises where all are lent, and counts every connection that was ever made. So
each one that an error takes away is missing until the restart. This one counts what is lent now. A
caller beyond that waits its turn, first come first served.
"""

import threading
from collections import deque
from typing import Any
from weakref import WeakSet

from redis import ConnectionPool
from redis.exceptions import ConnectionError as ConnectionBroken
from redis.exceptions import TimeoutError as NoAnswer

Connection = Any
"""One of redis-py, whose methods are untyped."""
TURN_SECONDS = 1.5
"""A caller whose turn has not come by then gets the error of a store that does not answer."""


class Turn:
    """One waiting caller, and the connection that was handed to it."""

    __slots__ = ("connection", "given")

    def __init__(self) -> None:
        self.connection: Connection = None
        self.given = threading.Lock()
        self.given.acquire()


class Pool(ConnectionPool):
    """At most `max_connections`, the one that was given back last lent first."""

    def reset(self) -> None:
        """Forget all: at the start, and in a process that was forked, whose parent uses them."""
        self._turns: deque[Turn] = deque()
        super().reset()
        # One that its caller dropped without giving it back is in use no more.
        self._in_use_connections: WeakSet[Connection] = WeakSet()  # type: ignore[assignment]  # a set's part

    def get_connection(self, *_: Any, **__: Any) -> Connection:
        """A connection that the store has not closed. Raises NoAnswer where no turn came."""
        connection = self.lend()
        try:
            connection.connect()
            if _is_spoilt(connection):
                connection.disconnect()
                connection.connect()
        except BaseException:
            self.release(connection)
            raise
        return connection

    def lend(self) -> Connection:
        """A connection, perhaps not open or closed by the store; `release` takes it back."""
        self._checkpid()
        with self._lock:
            if len(self._in_use_connections) < self.max_connections:
                return self._taken()
            turn = Turn()
            self._turns.append(turn)
        try:
            turn.given.acquire(timeout=TURN_SECONDS)
        except BaseException:
            self._leave(turn)
            if turn.connection is not None:
                self.release(turn.connection)
            raise
        self._leave(turn)
        if turn.connection is None:
            raise NoAnswer("every connection to the store is in use")
        return turn.connection

    def release(self, connection: Connection) -> None:
        """Take a connection back, and hand it to the caller that has waited longest."""
        self._checkpid()
        with self._lock:
            if connection not in self._in_use_connections:
                return
            self._in_use_connections.discard(connection)
            self._available_connections.append(connection)
            if self._turns:
                turn = self._turns.popleft()
                turn.connection = self._taken()
                turn.given.release()

    def make_connection(self) -> Connection:
        return self.connection_class(**self.connection_kwargs)

    def _taken(self) -> Connection:
        idle = self._available_connections
        connection = idle.pop() if idle else self.make_connection()
        if connection.should_reconnect():
            connection.disconnect()
        self._in_use_connections.add(connection)
        return connection

    def _leave(self, turn: Turn) -> None:
        with self._lock:
            if turn.connection is None and turn in self._turns:
                self._turns.remove(turn)


def _is_spoilt(connection: Connection) -> bool:
    """Whether the store closed it, or a reply that nobody read lies in it."""
    try:
        return bool(connection.can_read())
    except (ConnectionBroken, NoAnswer, OSError):
        return True
