"""The connection: one socket to a target, one request on it at a time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from integration.outbound.http_response import Answer, NoAnswerError

BODY_SECONDS = 1.0
"""How long after the head a body may still come: it tells nothing more, and is read only so that
the connection can be kept."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """No answer came of an exchange; `detail` is a sentence for the log of a hook.

    `unheard` says that no byte of an answer came, on a connection that had been used before. The
    target had most likely closed it before it could read the request.
    """

    detail: str
    unheard: bool = False


Done: TypeAlias = "Callable[[Connection, Answer | Failure], None]"


class Connection(asyncio.Protocol):
    """`until` is when the client's sweep breaks off the exchange, or closes an idle connection.

    It is monotonic, in seconds."""

    __slots__ = ("_answer", "_done", "_transport", "_used", "until")

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: Answer | None = None
        self._done: Done | None = None
        self._used = False
        self.until = 0.0

    @property
    def usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def exchange(self, request: bytes, until: float, done: Done) -> None:
        """Send a request; `done` is called once, with the answer or a Failure."""
        assert self._transport is not None
        assert self._done is None
        self._answer, self._done, self.until = Answer(), done, until
        self._transport.write(request)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        answer = self._answer
        if answer is None:
            # Nothing was asked: whatever this is, it must not be taken for an answer later.
            self.close()
            return
        try:
            if answer.feed(data):
                self._end(answer)
            elif answer.status:
                self.until = min(self.until, time.monotonic() + BODY_SECONDS)
        except NoAnswerError as error:
            why = f"The target's answer cannot be read: {error}."
            self._cut(answer, Failure(detail=why))

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        answer = self._answer
        if answer is None:
            return
        why = type(error).__name__ if error else "closed by the target"
        unheard = self._used and not answer.begun
        self._cut(answer, Failure(detail=f"The connection failed ({why}).", unheard=unheard))

    def break_off(self, detail: str) -> None:
        """End what is under way."""
        if self._answer is None:
            self.close()
        else:
            self._cut(self._answer, Failure(detail=detail))

    def close(self) -> None:
        if self._transport is not None:
            # Not `close`: it would wait for a target that does not read what is still to go out.
            self._transport.abort()

    def _cut(self, answer: Answer, failure: Failure) -> None:
        """End before the end of an answer. Its status counts where that was there: the target has
        the event, whatever is wrong with its body."""
        answer.kept = False
        self._end(answer if answer.status else failure)

    def _end(self, result: Answer | Failure) -> None:
        done, self._answer, self._done, self._used = self._done, None, None, True
        if isinstance(result, Failure) or not result.kept:
            self.close()
        assert done is not None
        done(self, result)
