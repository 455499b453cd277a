"""A `requests` adapter that connects to the very address it checked, under a hard deadline.

It tells a connection that never came about (NotConnected) from one that broke later: only the
first proves that nothing reached the other side.
"""

from __future__ import annotations

import io
import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse as RawResponse
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from integration.outbound import AddrInfo, Resolve, checked_socket, resolve

CONNECT_SECONDS = 5.0

# urllib3 logs addresses with their query, which holds phone numbers.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class NotConnected(Exception):
    """No connection came about (name, refusal, time-out, TLS): not a byte of the request left."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """How connections are opened: whether addresses are checked, and how names are resolved."""

    guarded: bool
    resolve: Resolve = resolve

    def open(self, host: str, port: int, seconds: float) -> socket.socket:
        """Connect to one of the name's addresses, trying them in order; raises OSError."""
        deadline = time.monotonic() + seconds
        failure: OSError = OSError("the name has no address")
        for found in self.resolve(host, port):
            try:
                return self._connect(found, deadline - time.monotonic())
            except OSError as error:
                failure = error
        raise failure

    def _connect(self, found: AddrInfo, seconds: float) -> socket.socket:
        if seconds <= 0:
            raise TimeoutError("timed out")
        sock = checked_socket(found) if self.guarded else socket.socket(*found[:3])
        try:
            sock.settimeout(seconds)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(found[4])
        except BaseException:
            sock.close()
            raise
        return sock


class PinnedAdapter(HTTPAdapter):
    """Sends without redirects or proxies; `deadline` (seconds) covers all from connect to body.

    Only the system's name lookup is outside it, which has a limit of its own.
    """

    def __init__(self, door: Door, deadline: float) -> None:
        self._door, self.deadline = door, deadline
        super().__init__()

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        self.poolmanager = _Pools(self._door)

    def close(self) -> None:
        # urllib3 itself leaves open pools to the garbage collector.
        for key in self.poolmanager.pools.keys():  # noqa: SIM118  # no mapping; it refuses iteration
            self.poolmanager.pools[key].close()
        super().close()

    def transmit(self, request: PreparedRequest) -> Response:
        """Raises NotConnected, or requests' and urllib3's errors for what broke later."""
        connect = min(CONNECT_SECONDS, self.deadline)
        timeout: Any = Timeout(connect=connect, total=self.deadline)
        return self.send(request, stream=True, timeout=timeout)


class _Plain(HTTPConnection):
    door: Door

    def __init__(self, *args: Any, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.door = door

    def _new_conn(self) -> socket.socket:
        # The host stays the name, for the Host header and TLS; only the connection is pinned.
        return self.door.open(self.host.strip("[]"), self.port, _seconds(self.timeout))

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError, UnicodeError) as error:
            raise NotConnected(str(error)) from error

    def getresponse(  # type: ignore[override]  # urllib3 itself narrows http.client's here
        self,
    ) -> HTTPResponse:
        deadline = time.monotonic() + _seconds(self.timeout)
        # http.client only ever calls it, so a function may stand for the class.
        self.response_class = partial(_Timed, deadline)  # type: ignore[assignment]
        return super().getresponse()


class _Tls(_Plain, HTTPSConnection):
    """The same over TLS; the bases' order makes `_Plain.connect` guard the handshake too."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class _Pools(PoolManager):
    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door
        self.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def _new_pool(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(*args, **kwargs)
        pool.conn_kw["door"] = self._door
        return pool


class _Timed(RawResponse):
    """An answer whose every read ends at the deadline; plain timeouts start anew at each byte."""

    def __init__(self, deadline: float, sock: socket.socket, **kwargs: Any) -> None:
        super().__init__(sock, **kwargs)
        inner = self.fp
        self.fp = io.BufferedReader(_TimedReader(sock, inner, deadline))


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, inner: io.BufferedIOBase, deadline: float) -> None:
        self._sock, self._inner, self._deadline = sock, inner, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        self._inner.close()
        super().close()


def chunks(answer: Response, most: int) -> Iterator[bytes]:
    """The body in pieces; ValueError once it is over `most` bytes."""
    length = 0
    for chunk in answer.iter_content(64 * 1024):
        length += len(chunk)
        if length > most:
            raise ValueError("too long")
        yield chunk


def _seconds(timeout: Any) -> float:
    return float(timeout) if isinstance(timeout, int | float) else CONNECT_SECONDS
