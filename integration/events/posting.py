"""Posting: one signed attempt at one target, under a hard deadline, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.connector import Connection

from integration import outbound
from integration.clock import wall_ms
from integration.events import schedule, signing
from integration.events.schedule import DEAD, Verdict
from integration.kernel import times

DEADLINE = 15.0
"""Seconds for the whole attempt, from name look-up to the last byte read."""
CONNECT = 5.0
MOST_READ = 16 * 1024
CONNECTIONS = 200
MOST_INTERIM = 8
"""Answers of the 1xx kind before the real one; an honest server sends one or two."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`status` is the target's HTTP status, 0 where there was none; `final` forbids another."""

    at_ms: int
    status: int
    detail: str
    took_ms: int = 0
    retry_after: str | None = None
    final: bool = False

    @classmethod
    def refused(cls, detail: str) -> Attempt:
        return cls(at_ms=wall_ms(), status=0, detail=detail, final=True)

    def verdict(self, tries: int) -> Verdict:
        if self.final:
            return Verdict(status=DEAD)
        return schedule.judge(tries, self.status, self.retry_after)

    def shown(self) -> dict[str, Any]:
        return {
            "at": times.from_ms(self.at_ms),
            "status": self.status,
            "detail": self.detail,
            "took_ms": self.took_ms,
        }


class _Brief(aiohttp.ClientResponse):
    """An answer that ends after MOST_INTERIM of the 1xx kind: aiohttp itself takes any number, and
    a flood of them would hold the loop, and with it everybody's deliveries."""

    async def start(self, connection: Connection) -> Self:
        protocol = connection.protocol
        assert protocol is not None
        interim = 0
        wait_for_message = protocol.read

        async def read() -> Any:
            nonlocal interim
            interim += 1
            if interim > MOST_INTERIM + 1:
                raise aiohttp.ClientPayloadError("too many interim answers")
            return await wait_for_message()

        protocol.read = read  # type: ignore[method-assign]  # of this one exchange
        try:
            await super().start(connection)
        finally:
            del protocol.read
        return self


class Poster:
    """An HTTP client for hook targets: no redirects, no proxies, no cookies, no decompression,
    and no connection to an address that is not allowed."""

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS,
            ttl_dns_cache=10,
            # The address is checked where the socket opens: a literal never reaches a resolver,
            # and a name may resolve anew at every connect.
            socket_factory=None if self.allow_private else outbound.checked_socket,
        )
        self.session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=DEADLINE, sock_connect=CONNECT),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            response_class=_Brief,
            headers={"user-agent": "Hookline/1.0", "accept-encoding": "identity"},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.session:
            await self.session.close()

    async def post(
        self, url: str, secrets: Sequence[bytes], message_id: str, body: bytes
    ) -> Attempt:
        if not url.lower().startswith(("https://", "http://")):
            return Attempt.refused("The target is no web address; change it.")
        began, at_ms = time.perf_counter(), wall_ms()
        headers = signing.headers(secrets, message_id, at_ms // 1000, body)
        status, detail, retry_after = await self._exchange(url, headers, body)
        took = int((time.perf_counter() - began) * 1000)
        return Attempt(
            at_ms=at_ms, status=status, detail=detail, took_ms=took, retry_after=retry_after
        )

    async def _exchange(
        self, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, str | None]:
        assert self.session
        try:
            async with self.session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                await answer.content.read(MOST_READ)
                return answer.status, _phrase(answer.status), answer.headers.get("retry-after")
        except aiohttp.ClientConnectorError as error:
            return 0, _why_not_connected(error.os_error), None
        except TimeoutError:
            return 0, f"No answer within {DEADLINE:.0f} seconds.", None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return 0, f"The connection failed ({type(error).__name__}).", None


def _why_not_connected(error: OSError) -> str:
    if isinstance(error, outbound.AddressRefused):
        return error.message
    return f"Could not connect ({type(error).__name__})."


def _phrase(status: int) -> str:
    if 200 <= status < 300:
        return "Delivered."
    if 300 <= status < 400:
        return "The target answered with a redirect, which is not followed."
    if status == 410:
        return "The target is gone (410); the hook was removed."
    return f"The target answered {status}."
