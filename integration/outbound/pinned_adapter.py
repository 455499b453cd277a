"""A `requests` adapter that connects to the very address it checked, under a hard deadline.

It tells a request of which nothing left (NotConnected) from one that broke later: only the first
proves that nothing reached the other side.
"""

import io
import logging
import math
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache, partial
from http.client import HTTPResponse as RawResponse
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPResponse, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from integration.outbound.addresses import AddrInfo, Resolve, checked_socket, look_up, resolve

CONNECT_SECONDS = 5.0
"""For the name and a connection to it, and again for the TLS handshake."""
MOST_HEAD = 256 * 1024
"""Bytes of an answer's headers, those of the interim answers before it among them."""

# urllib3 logs addresses with their query, which holds phone numbers.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class NotConnected(Exception):
    """Not a byte of the request left: no connection came about (name, refusal, time-out, TLS),
    or the time was up before it was used."""


@cache
def trusted() -> ssl.SSLContext:
    """The context of all TLS connections, with the authorities that may vouch for a server.

    Threads and forked processes share it. To read them takes 25 ms and a third of a megabyte, more
    than all else that a call takes."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.check_hostname = True
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


class Deadline:
    """When a call must be over, by the monotonic clock; its connections all look at this one.

    It is a moment and not a duration: a duration starts again in a process that was stopped.
    """

    ends = 0.0

    def left(self, most: float = math.inf) -> float:
        """Seconds, at most so many; TimeoutError when the time is over."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(left, most)


@dataclass(frozen=True, kw_only=True)
class Dialer:
    """Opens connections: whether addresses are checked, and how names are resolved."""

    guarded: bool
    resolve: Resolve = resolve

    def open(self, host: str, port: int, seconds: float) -> socket.socket:
        """Connect to one of the name's addresses, trying them in order; raises OSError."""
        deadline = time.monotonic() + seconds
        failure: OSError = OSError("the name has no address")
        for found in look_up(self.resolve, host, port, seconds):
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
    """Sends without redirects or proxies, one request at a time."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer, self._deadline = dialer, Deadline()
        super().__init__()

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        self.poolmanager = _Pools(self._dialer, self._deadline)

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Leave the verification to the shared context: requests would read its list again."""
        conn.cert_reqs = "CERT_REQUIRED"

    def close(self) -> None:
        # urllib3 itself leaves open pools to the garbage collector.
        for key in self.poolmanager.pools.keys():  # noqa: SIM118  # urllib3's container refuses iteration
            self.poolmanager.pools[key].close()
        super().close()

    def transmit(self, request: PreparedRequest, ends: float) -> Response:
        """All of it, from the name to the body's last byte, ends at the monotonic time `ends`.

        Raises NotConnected, or requests' and urllib3's errors for what broke later.
        """
        self._deadline.ends = ends
        return self.send(request, stream=True)


class _Plain(HTTPConnection):
    dialer: Dialer
    deadline: Deadline
    _begun = False

    def __init__(self, *args: Any, dialer: Dialer, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialer, self.deadline = dialer, deadline

    def _new_conn(self) -> socket.socket:
        # The host stays the name, for the Host header and TLS; only the connection is pinned.
        host, seconds = self.host.strip("[]"), self.deadline.left(CONNECT_SECONDS)
        sock = self.dialer.open(host, self.port, seconds)
        # For the handshake; `open` may have used up all that there was.
        sock.settimeout(max(0.001, min(CONNECT_SECONDS, self.deadline.ends - time.monotonic())))
        return sock

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError, UnicodeError) as error:
            raise NotConnected(str(error)) from error

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        self._begun = False
        super().putrequest(*args, **kwargs)

    def send(self, data: Any) -> None:
        """Look at the time directly before bytes leave, however long it took to get here.

        A process that was stopped on the way may have lost its job: it must not send.
        What remains is a stop between this look and the system call behind it.
        """
        if self.sock is None:
            self.connect()
        try:
            self.sock.settimeout(self.deadline.left())
        except TimeoutError as error:
            if self._begun:
                raise
            raise NotConnected("no time was left to send") from error
        self._begun = True
        super().send(data)

    def getresponse(  # type: ignore[override]  # urllib3 itself narrows http.client's here
        self,
    ) -> HTTPResponse:
        timed = partial(_Timed, self.deadline)
        self.response_class = timed  # type: ignore[assignment]  # http.client only ever calls it
        return super().getresponse()


class _Tls(_Plain, HTTPSConnection):
    """The same over TLS; the bases' order makes `_Plain.connect` guard the handshake too."""


class _Pools(PoolManager):
    def __init__(self, dialer: Dialer, deadline: Deadline) -> None:
        super().__init__()
        self._dialer, self._deadline = dialer, deadline

    def _new_pool(self, scheme: str, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, *args, **kwargs)
        pool.ConnectionCls = _Tls if scheme == "https" else _Plain
        pool.conn_kw |= {"dialer": self._dialer, "deadline": self._deadline}
        if scheme == "https":
            pool.conn_kw["ssl_context"] = trusted()
        return pool


class _Timed(RawResponse):
    """An answer whose every read ends at the deadline; plain timeouts start again at each byte."""

    def __init__(self, deadline: Deadline, sock: socket.socket, **kwargs: Any) -> None:
        super().__init__(sock, **kwargs)
        self._reader = _TimedReader(sock, self.fp, deadline)
        self.fp = io.BufferedReader(self._reader)

    def begin(self) -> None:
        super().begin()
        # Of the body's length its reader judges.
        self._reader.room = math.inf

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]  # http.client has it, typeshed not
        # http.client reads on after a 100 only, and 103 is no more of an answer than that is.
        # 101 ends HTTP, so nothing can follow it.
        interim = 101 < status < 200
        return version, 100 if interim else status, reason


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, inner: io.BufferedIOBase, deadline: Deadline) -> None:
        self._sock, self._inner, self._deadline = sock, inner, deadline
        self.room: float = MOST_HEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(buffer)
        self.room -= count
        if self.room < 0:
            raise OSError("too much before the body")
        return count

    def close(self) -> None:
        self._inner.close()
        super().close()
