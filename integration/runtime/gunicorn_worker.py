"""gunicorn's gevent worker with time limits, so that no client holds a connection permanently.

gunicorn's own `timeout` watches the process and no client. Under gevent a body that drips, or an
answer that the client never reads, would hold a greenlet and its memory without end. The loop of
gunicorn already bounds headers, by `keepalive`.
"""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import gevent  # type: ignore[import-untyped]  # neither of the two ships types
from gunicorn.http.errors import (  # type: ignore[import-untyped]
    InvalidChunkSize,
    LimitRequestLine,
    NoMoreData,
    ParseException,
)
from gunicorn.workers.ggevent import GeventWorker  # type: ignore[import-untyped]

from integration.kernel import request_id
from integration.runtime import file_limit
from integration.runtime.idle_connections import IdleConnections

BODY_SECONDS = 20.0
"""From the end of the headers to the end of the body, however it drips."""
WRITE_SECONDS = 20.0
"""For one write of the answer; an answer is one or two writes."""
MOST_DISCARDED = 512 * 1024
"""Bytes of a refused body that the worker discards at most, so that the client sees the refusal."""
MOST_CHUNKS = 10_000
"""Pieces of one chunked body: each costs a fraction of a millisecond, however small it is."""
SEND_BUFFER = 128 * 1024
"""Bytes of answers that the kernel buffers for one connection; the kernel doubles the number."""
UNREADABLE = "This is not an HTTP request that can be read; check its request line and headers."
TOO_LONG = "The request line is longer than 4,094 bytes; shorten the address."
"""gunicorn's own limit; our longest address needs a fraction of it."""


class BoundedWorker(GeventWorker):  # type: ignore[misc]  # gunicorn ships no types
    """A GeventWorker that bounds bodies and answers, refuses unreadable HTTP in JSON, and ends
    without waiting for clients that ask nothing."""

    def init_process(self) -> None:
        file_limit.raise_it()
        self.idle = IdleConnections()
        super().init_process()

    def notify(self) -> None:
        """Called each second, also while gunicorn waits for its connections to end."""
        super().notify()
        if not self.alive:
            self.idle.close()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        # By default the kernel buffers megabytes for each client that reads nothing.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.idle.waits(client)
        try:
            super().handle(listener, client, addr)
        finally:
            self.idle.leaves(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        self.idle.leaves(sock)
        reader = _BoundedReader(req.body.reader)
        req.body.reader = reader
        sock.settimeout(WRITE_SECONDS)
        try:
            return super().handle_request(listener_name, req, sock, addr)
        except TimeoutError as error:
            # The client reads nothing: no answer can reach it, and there is nothing to log.
            raise StopIteration from error
        finally:
            # gunicorn waits for the next header, under `keepalive`.
            sock.settimeout(None)
            reader.answered = True
            self.idle.waits(sock)

    def handle_error(self, _req: Any, client: Any, _addr: Any, exc: BaseException) -> None:
        """Refuse what is not HTTP, in the words of the API.

        gunicorn would answer with HTML, and with 501 for an unknown transfer coding. It would also
        log the line that it could not read, which may hold a key or an ingress address.
        """
        if not isinstance(exc, ParseException):
            # Log only the type: gunicorn would log the address with its query, and the text.
            self.log.error("bug %s outside the application", type(exc).__name__)
            return
        number = request_id.new()
        with request_id.working_for(number):
            self.log.warning("refused a request that is not HTTP: %s", type(exc).__name__)
        try:
            client.settimeout(1.0)
            client.sendall(_refusal(exc, number))
        except OSError:
            return


class _BoundedReader:
    """A body's reader with one deadline for all its reads; raises what the app answers."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        if parser := getattr(reader, "parser", None):
            reader.parser = _counted(parser)
        self.ends = time.monotonic() + BODY_SECONDS
        self.answered = False
        self.discarded = 0

    def read(self, size: int) -> bytes:
        left = self.ends - time.monotonic()
        try:
            with gevent.Timeout(max(0.001, left), TimeoutError):
                data: bytes = self.reader.read(size)
        except TimeoutError as error:
            raise self._refusal(408) from error
        except (ParseException, NoMoreData) as error:
            raise self._refusal(400) from error
        if self.answered:
            self.discarded += len(data)
            if self.discarded > MOST_DISCARDED:
                raise self._refusal(413)
        return data

    def _refusal(self, status: int) -> Exception:
        """An HTTP error while the app reads. After the answer, when gunicorn discards the rest of
        the body, a TimeoutError, which makes it close the connection."""
        # Imported late: this module is loaded before gevent patches the standard library.
        from werkzeug.exceptions import BadRequest, RequestTimeout

        if self.answered:
            return TimeoutError("this body will not be read to its end")
        return RequestTimeout() if status == 408 else BadRequest()


def _counted(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A chunked body that ends with InvalidChunkSize where its chunks are too many."""
    for number, chunk in enumerate(chunks):
        if number == MOST_CHUNKS:
            raise InvalidChunkSize(b"too many chunks")
        yield chunk


def _refusal(error: ParseException, request_id: str) -> bytes:
    sentence = TOO_LONG if isinstance(error, LimitRequestLine) else UNREADABLE
    body = json.dumps(
        {
            "type": "urn:hookline:problem:malformed-request",
            "title": "Bad Request",
            "status": 400,
            "detail": sentence,
            "message": sentence,
            "request_id": request_id,
        }
    ).encode()
    head = (
        f"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nX-Request-Id: {request_id}\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
