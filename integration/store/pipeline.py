"""The line: sends a request's commands to the store in one round trip, over a lent connection.

A client for general use does more around each command than a poll does in all. It asks the system
whether a pooled connection is still open, and shapes every reply. Here commands are written
together, and their replies come as they are, in bytes. What keeps a connection safe (time-outs,
TLS, the check of one that was idle) is redis-py's own, as in `client.connect`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis.exceptions import ConnectionError as ConnectionBroken
from redis.exceptions import NoScriptError, ResponseError

from integration.store.pool import Connection, Pool
from integration.store.script import ScriptCall

Command = Sequence[str | bytes | int]


class Line:
    """Exchanges over the connections of a pool, each used by one greenlet or thread at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

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
        connection = self._pool.lend()
        try:
            try:
                return _answered(connection, commands)
            except ConnectionBroken:
                # It may be dead since the store restarted, so one new try is made, as everywhere.
                # It repeats a command whose reply was lost, which every script of ours bears.
                connection.disconnect()
                return _answered(connection, commands)
        except BaseException:
            # The next request would take an unread reply for its own.
            connection.disconnect()
            raise
        finally:
            self._pool.release(connection)


def _answered(connection: Connection, commands: Sequence[Command]) -> list[Any]:
    connection.send_packed_command(connection.pack_commands(commands))
    return [_reply(connection) for _ in commands]


def _reply(connection: Connection) -> Any:
    try:
        return connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error
