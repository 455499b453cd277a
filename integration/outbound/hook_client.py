"""The client: exchanges with many targets over kept connections, each to a checked address."""

import asyncio
import socket
import ssl
import time
from asyncio import sslproto
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import NamedTuple, TypeAlias

from integration.outbound import addresses
from integration.outbound.addresses import AddrInfo
from integration.outbound.http_connection import Connection, Failure
from integration.outbound.http_response import Answer

CONNECT_SECONDS = 5.0
"""For one address; a name may have several."""
MOST_ADDRESSES = 4
NAME_SECONDS = 10.0
"""How long what was looked up serves for further connections to the same name."""
NAMES_KEPT = 1_000
LOOKUPS = 1_024
"""Names looked up at once, each on a thread: more than a drain has in flight."""
IDLE_SECONDS = 15.0
IDLE_KEPT = 500
"""Connections that wait for their next request, to all targets together.

Twice as many as a drain has prompt posts, which shift from one host to another all the time."""
SWEEP_SECONDS = 0.25
"""How often exchanges are looked at whose time is over."""
RECORD_BYTES = 32 * 1024
"""A TLS record holds 16 KB. asyncio reserves 256 KB for each connection, which a flood fills. Two
hundred of these take more memory than all else in a worker."""
sslproto.SSLProtocol.max_size = RECORD_BYTES


class Place(NamedTuple):
    """Where connections go; `host` is a name or an address, without brackets."""

    secure: bool
    host: str
    port: int


Done: TypeAlias = Callable[[Answer | Failure], None]


class Exchange:
    """A request on its way; `done` is called once."""

    __slots__ = ("client", "done", "place", "repeated", "request", "until")

    def __init__(
        self, client: "Client", place: Place, request: bytes, until: float, done: Done
    ) -> None:
        self.client, self.place, self.request = client, place, request
        self.until, self.done = until, done
        self.repeated = False

    def ended(self, connection: Connection, result: Answer | Failure) -> None:
        self.client.take_back(connection, self.place)
        if isinstance(result, Failure) and result.unheard and not self.repeated:
            # A target closes idle connections when it likes, also just as we write. The request
            # may have been heard nevertheless: a delivery is made at least once.
            self.repeated = True
            self.client.open(self)
        else:
            self.done(result)


class Client:
    """`check` says whether addresses that are not public are refused where the socket opens.

    Only there: a literal is never looked up, and a name may lead elsewhere at every connect."""

    def __init__(self, *, check: bool, late: str) -> None:
        """`late` is what an exchange's Failure says when its time was over."""
        self._check, self._late = check, late
        self._busy: set[Connection] = set()
        self._idle: dict[Place, list[Connection]] = {}
        self._idle_count = 0
        self._opening: set[asyncio.Task[None]] = set()
        self._names: dict[tuple[str, int], tuple[float, asyncio.Task[Sequence[AddrInfo]]]] = {}
        self._wanted: Counter[tuple[str, int]] = Counter()
        # Threads of its own: what else waits for a thread must not wait for names that hang.
        self._threads = ThreadPoolExecutor(LOOKUPS, "names")
        self._sweeper = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def send(self, place: Place, request: bytes, seconds: float, done: Done) -> None:
        """One request as it is to stand on the wire; it ends within `seconds`, all in all."""
        exchange = Exchange(self, place, request, time.monotonic() + seconds, done)
        waiting = self._idle.get(place)
        while waiting:
            connection = waiting.pop()
            self._idle_count -= 1
            if connection.usable:
                self._start(exchange, connection)
                return
        self.open(exchange)

    def open(self, exchange: Exchange) -> None:
        """Make the exchange over a new connection."""
        task = asyncio.get_running_loop().create_task(self._open(exchange))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    def take_back(self, connection: Connection, place: Place) -> None:
        """An exchange is over: keep its connection, if it can be used again."""
        self._busy.discard(connection)
        if not connection.usable:
            return
        if self._idle_count >= IDLE_KEPT:
            connection.close()
            return
        self._idle_count += 1
        connection.until = time.monotonic() + IDLE_SECONDS
        self._idle.setdefault(place, []).append(connection)

    async def close(self) -> None:
        self._sweeper.cancel()
        for connection in [*self._busy, *(each for some in self._idle.values() for each in some)]:
            connection.close()
        for task in [*self._opening, *(task for _, task in self._names.values())]:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
        # Transports let go of their sockets in the loop's next turn.
        await asyncio.sleep(0)

    def _start(self, exchange: Exchange, connection: Connection) -> None:
        self._busy.add(connection)
        connection.exchange(exchange.request, exchange.until, exchange.ended)

    async def _open(self, exchange: Exchange) -> None:
        try:
            async with asyncio.timeout_at(exchange.until):
                connection = await self._connected(exchange.place)
        except addresses.AddressRefused as error:
            exchange.done(Failure(detail=error.message))
        except (OSError, ValueError, LookupError, TypeError, RuntimeError) as error:
            late = time.monotonic() >= exchange.until
            why = self._late if late else f"Could not connect ({type(error).__name__})."
            exchange.done(Failure(detail=why))
        else:
            self._start(exchange, connection)

    async def _connected(self, place: Place) -> Connection:
        """A connection to the first address that takes one; raises OSError or ValueError."""
        error: OSError = OSError("no address")
        for address in (await self._addresses(place))[:MOST_ADDRESSES]:
            try:
                return await self._connect(place, address)
            except OSError as refused:
                error = refused
        raise error

    async def _connect(self, place: Place, address: AddrInfo) -> Connection:
        loop = asyncio.get_running_loop()
        opened = self._socket(address)
        try:
            opened.setblocking(False)
            async with asyncio.timeout(CONNECT_SECONDS):
                await loop.sock_connect(opened, address[4])
            context = self._context if place.secure else None
            name = place.host.rstrip(".") if context else None
            _, connection = await loop.create_connection(
                Connection, sock=opened, ssl=context, server_hostname=name
            )
        except BaseException:
            opened.close()
            raise
        return connection

    def _socket(self, address: AddrInfo) -> socket.socket:
        if self._check:
            return addresses.checked_socket(address)
        return socket.socket(*address[:3])

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context

    async def _addresses(self, place: Place) -> Sequence[AddrInfo]:
        """The addresses of the name; one look-up serves all exchanges that want it.

        Each takes a thread for as long as the system likes. A name that hangs must not take them
        all."""
        name, now = (place.host, place.port), time.monotonic()
        since, task = self._names.get(name, (0.0, None))
        if task is None or (task.done() and (now - since > NAME_SECONDS or _failed(task))):
            if len(self._names) >= NAMES_KEPT:
                self._names = {
                    key: known for key, known in self._names.items() if not known[1].done()
                }
            loop = asyncio.get_running_loop()
            task = loop.create_task(self._look_up(*name))
            self._names[name] = (now, task)
        self._wanted[name] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._wanted[name] -= 1
            if not self._wanted[name]:
                del self._wanted[name]

    async def _look_up(self, host: str, port: int) -> Sequence[AddrInfo]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._resolve, host, port)

    def _resolve(self, host: str, port: int) -> Sequence[AddrInfo]:
        """On a thread. The exchanges that asked may be over before a thread was free."""
        if (host, port) not in self._wanted:
            raise TimeoutError
        return addresses.resolve(host, port)

    def _sweep(self) -> None:
        # First of all: whatever is met below, deadlines must not end with it.
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(SWEEP_SECONDS, self._sweep)
        now = time.monotonic()
        for connection in [each for each in self._busy if each.until <= now]:
            connection.break_off(self._late)
        for place, waiting in list(self._idle.items()):
            kept = [each for each in waiting if each.usable and each.until > now]
            for connection in set(waiting) - set(kept):
                connection.close()
            self._idle[place] = kept
            self._idle_count -= len(waiting) - len(kept)
            if not kept:
                del self._idle[place]


def _failed(task: asyncio.Task[Sequence[AddrInfo]]) -> bool:
    return task.cancelled() or task.exception() is not None
