"""A store behind Sentinels: each new connection asks them where the primary is.

A connection is also given up after RENEWED_SECONDS. So one to a former primary that still answers,
cut off from the others, does not stay there. Where no Sentinel answers, the primary that they named
last is tried: a store that works goes on without them.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from redis import Redis, sentinel
from redis.asyncio import sentinel as sentinel_async
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

from integration.kernel.redis_address import SENTINEL_ACCOUNT

RENEWED_SECONDS = 5.0
ANSWER_SECONDS = 0.5
"""A Sentinel that does not answer in this time is passed over."""
PORT = 26379
Address = tuple[str, int]


def named_in(url: str) -> bool:
    return "+sentinel://" in url


class _Renewed:
    """A connection that its pool replaces after a while."""

    born = inf

    def connect_to(self, address: Address) -> Any:
        self.born = time.monotonic()
        return super().connect_to(address)  # type: ignore[misc]  # redis-py has it, not object

    def should_reconnect(self) -> bool:
        is_old = time.monotonic() - self.born > RENEWED_SECONDS
        return is_old or bool(super().should_reconnect())  # type: ignore[misc]  # redis-py has it


class Plain(_Renewed, sentinel.SentinelManagedConnection):
    pass


class Tls(_Renewed, sentinel.SentinelManagedSSLConnection):
    pass


class AsyncPlain(_Renewed, sentinel_async.SentinelManagedConnection):
    pass


class AsyncTls(_Renewed, sentinel_async.SentinelManagedSSLConnection):
    pass


class Primary:
    """Where the primary is; what redis-py's connections ask in the place of their pool."""

    is_master, check_connection = True, False

    def __init__(self, name: str, sentinels: Iterable[dict[str, Any]]) -> None:
        self.service_name = name
        self._sentinels = list(sentinels)
        self._known: Address | None = None

    def get_master_address(self) -> Address:
        """Raises MasterNotFoundError, a ConnectionError, where no Sentinel has ever named it."""
        with sentinel.Sentinel(()) as asked:  # type: ignore[no-untyped-call]  # redis-py ships it untyped
            # Made for each question: redis-py's own reorders its list, which two threads must not.
            clients = [Redis(**each) for each in self._sentinels]
            asked.sentinels = [*clients]
            try:
                self._known = asked.discover_master(self.service_name)
                self._ask_first(clients.index(asked.sentinels[0]))
            except sentinel.MasterNotFoundError:
                if self._known is None:
                    raise
        assert self._known
        return self._known

    def _ask_first(self, place: int) -> None:
        """The next question goes to the Sentinel that answered this one."""
        chosen = self._sentinels[place]
        self._sentinels = sorted(self._sentinels, key=lambda each: each is not chosen)


class AsyncPrimary(Primary):
    """The same for asyncio, whose loop does not wait for the Sentinels."""

    async def get_master_address(self) -> Address:  # type: ignore[override]  # asyncio awaits it
        return await asyncio.to_thread(super().get_master_address)


def options(url: str, given: Mapping[str, Any], *, awaits: bool = False) -> dict[str, Any]:
    """What a pool is made of: `given`, and what the address says."""
    scheme, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    servers, name, database = place.split("/")
    account, at, servers = servers.rpartition("@")
    asked = dict(parse_qsl(query))
    own = {ours: asked.pop(each) for each, ours in SENTINEL_ACCOUNT.items() if each in asked}
    # As if the address named one server, whose host is left out again.
    one = f"{scheme.partition('+')[0]}://{account}{at}host/{database}?{urlencode(asked)}"
    found = {**given, **parse_url(one)}  # type: ignore[no-untyped-call]  # redis-py ships it untyped
    del found["host"]
    tls = bool(found.pop("connection_class", None))
    kinds = (AsyncPlain, AsyncTls) if awaits else (Plain, Tls)
    found["connection_class"] = kinds[tls]
    sentinels = _sentinels(servers, own, {**found, "ssl": tls})
    primary = AsyncPrimary if awaits else Primary
    return {**found, "connection_pool": primary(unquote(name), sentinels)}


def _sentinels(
    servers: str, own: Mapping[str, Any], store: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """What a client of each Sentinel is made of. One that no account is given for may have the
    store's, or none."""
    of_store = {each: store[each] for each in SENTINEL_ACCOUNT.values() if each in store}
    shared = {name: value for name, value in store.items() if name.startswith("ssl")}
    shared["retry"] = Retry(NoBackoff(), 0)
    shared |= {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    for account in [own] if own or not of_store else [of_store, {}]:
        for server in servers.split(","):
            at = urlsplit(f"//{server}")
            yield {"host": at.hostname, "port": at.port or PORT, **account, **shared}
