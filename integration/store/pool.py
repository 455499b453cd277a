"""The pool: a few connections to the store, lent in turn to all threads or greenlets of a process.

redis-py's own pool raises where all are lent, and counts every connection that was ever made. So
each one that an error takes away is missing until the restart. This one counts what is lent now. A
caller beyond that waits its turn, first come first served.
"""

import threading
import time
from collections import deque
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from redis import ConnectionPool
from redis.exceptions import ConnectionError as ConnectionBroken
from redis.exceptions import TimeoutError as NoAnswer

Connection = Any
"""One of redis-py, whose methods are untyped."""
TURN_SECONDS = 1.5
"""A caller whose turn has not come by then gets the error of a store that does not answer."""
SILENT_SECONDS = 1.0
"""A call that failed after so long, while no other was answered, shows that the store is away."""
IN_USE = "every connection to the store is in use"
SILENT = "the store answered nobody while this call waited for a connection"


def is_silence(began: float, heard: float) -> bool:
    """Whether a call that began then and failed now shows that the store is away. `heard` is when
    it last answered a call (monotonic, seconds)."""
    return heard < began < time.monotonic() - SILENT_SECONDS


class Turn:
    """A waiting caller, and the connection that was handed to it; `is_over` where none will be."""

    __slots__ = ("connection", "given", "is_over")

    def __init__(self) -> None:
        self.connection: Connection = None
        self.is_over = False
        self.given = threading.Lock()
        self.given.acquire()


class Pool(ConnectionPool):
    """At most `max_connections`, the one that was given back last lent first."""

    def reset(self) -> None:
        """Forget all: at the start, and in a process that was forked, whose parent uses them."""
        self._turns: deque[Turn] = deque()
        self._lent: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
        self._served = 0.0
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
            raise NoAnswer(SILENT if turn.is_over else IN_USE)
        return turn.connection

    def release(self, connection: Connection) -> None:
        """Take a connection back, and hand it to the caller that has waited longest.

        Where the store is away, those that wait are not left to find that out one by one."""
        self._checkpid()
        with self._lock:
            if connection not in self._in_use_connections:
                return
            self._in_use_connections.discard(connection)
            self._available_connections.append(connection)
            if connection.is_connected:
                self._served = time.monotonic()
            elif is_silence(self._lent[connection], self._served):
                self._refuse_turns()
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
        self._lent[connection] = time.monotonic()
        return connection

    def _refuse_turns(self) -> None:
        while self._turns:
            turn = self._turns.popleft()
            turn.is_over = True
            turn.given.release()

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
