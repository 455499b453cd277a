"""The line: sends a request's commands to the store in one round trip, over its own connections.

A client for general use does more around each command than a poll does in all. It asks the system
whether a pooled connection is still open, and shapes every reply. Here commands are written
together, and their replies come as they are, in bytes. What keeps a connection safe (time-outs,
TLS, the check of one that was idle) is redis-py's own, as in `client.connect`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as ConnectionBroken
from redis.exceptions import NoScriptError, ResponseError

from integration.store.script import ScriptCall

Connection = Any
"""One of redis-py, whose methods are untyped."""
Command = Sequence[str | bytes | int]


class Line:
    """Connections as those of `like`, each used by one greenlet or thread at a time."""

    def __init__(self, like: Redis) -> None:
        self._make = like.connection_pool.make_connection
        self._idle: list[Connection] = []
        self._process = os.getpid()

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

    def close(self) -> None:
        while self._idle:
            self._idle.pop().disconnect()

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        connection = self._connection()
        try:
            try:
                found = _answered(connection, commands)
            except ConnectionBroken:
                # It may be dead since the store restarted, so one new try is made, as everywhere.
                # It repeats a command whose reply was lost, which every script of ours bears.
                connection.disconnect()
                found = _answered(connection, commands)
        except BaseException:
            # The next request would take an unread reply for its own.
            connection.disconnect()
            raise
        self._idle.append(connection)
        return found

    def _connection(self) -> Connection:
        if self._process != os.getpid():
            # After a fork these connections are the parent's.
            self._idle, self._process = [], os.getpid()
        return self._idle.pop() if self._idle else self._make()


def _answered(connection: Connection, commands: Sequence[Command]) -> list[Any]:
    connection.send_packed_command(connection.pack_commands(commands))
    return [_reply(connection) for _ in commands]


def _reply(connection: Connection) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error
