"""One signed attempt at one target, under a hard deadline, and its result.

Comes after the claim (drain_step.py), and before the record, which the drain's next step makes.
"""

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlsplit

from integration.delivery import retry_schedule, signing
from integration.delivery.retry_schedule import DEAD, QUEUED, Verdict
from integration.kernel import times
from integration.outbound.hook_client import Client, Place
from integration.outbound.http_connection import Failure
from integration.outbound.http_response import Answer
from integration.store.clock import wall_ms

DEADLINE = 15.0
"""Seconds for the whole attempt, from name look-up to the last byte read."""
PORTS = {"https": 443, "http": 80}
FIXED = {"user-agent": "Hookline/1.0", "accept": "*/*", "accept-encoding": "identity"}
"""Headers of every request; signing.py has the others."""
HEAD = "POST {path} HTTP/1.1\r\nhost: {host}\r\n" + "".join(
    f"{name}: {value}\r\n" for name, value in FIXED.items()
)
NO_TARGET = "The target is no web address; change it."
AS_IT_IS = "!$%&'()*+,/:;=?@[]~"
"""Beside letters, digits and `_.-`: what stays in a path or query as it was given."""
_UNFIT = re.compile(r"[\x00-\x20\x7f]")


class Target(NamedTuple):
    """Where a hook's deliveries go, and what all its requests begin with."""

    place: Place
    head: bytes


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`status` is the target's HTTP status, 0 where no answer came; `final` forbids a retry.

    `answer` is the beginning of its answer's body."""

    at_ms: int
    status: int
    detail: str
    took_ms: int = 0
    retry_after: str | None = None
    final: bool = False
    wait: float | None = None
    answer: bytes = b""

    @classmethod
    def postponed(cls, detail: str, seconds: float) -> Self:
        """One that was not made; its hook waits so long, and the delivery has its tries still."""
        return cls(at_ms=wall_ms(), status=0, detail=detail, wait=seconds)

    @classmethod
    def without_target(cls) -> Self:
        """One that could not be made. It is tried again: somebody may change the target."""
        return cls(at_ms=wall_ms(), status=0, detail=NO_TARGET)

    @classmethod
    def refused(cls, detail: str) -> Self:
        return cls(at_ms=wall_ms(), status=0, detail=detail, final=True)

    def verdict(self, tries: int) -> Verdict:
        if self.final:
            return Verdict(status=DEAD)
        if self.wait is not None:
            return Verdict(status=QUEUED, asked=self.wait)
        return retry_schedule.judge(tries, self.status, self.retry_after)

    def kept(self, answer: str = "", *, by_hand: bool = False) -> str:
        """The attempt as its delivery keeps it: short, so that Redis packs the record.

        A detail that follows from the status is left out; `shown` adds it again. Release 0.1.0
        shows the fourth value as the detail. `answer` names the body that is kept of it."""
        facts: list[object] = [self.at_ms, self.status, self.took_ms]
        if self.detail != _phrase(self.status) or answer or by_hand:
            facts.append(self.detail)
        if answer or by_hand:
            facts += [int(by_hand), answer]
        return json.dumps(facts, separators=(",", ":"))


def shown(kept: Sequence[Any]) -> dict[str, Any]:
    """A kept attempt as people see it; raises ValueError or TypeError for other data."""
    at_ms, status, took_ms, *more = kept
    return {
        "at": times.from_ms(at_ms),
        "status": status,
        "detail": more[0] if more else _phrase(status),
        "took_ms": took_ms,
        "by_hand": bool(more[1:2] and more[1]),
    }


def answer_of(kept: Sequence[Any]) -> str:
    """The name of the body that is kept of this attempt's answer, "" where none is."""
    return str(kept[5]) if len(kept) > 5 else ""


def named(answer: str) -> str:
    """The name of a body: equal ones are kept once. 48 bits, among a hook's few."""
    return base64.urlsafe_b64encode(hashlib.sha256(answer.encode()).digest()[:6]).decode()


def target(url: str) -> Target | None:
    """None where this is no web address that a request could be made of."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        path = quote(parts.path or "/", safe=AS_IT_IS)
        path += f"?{quote(parts.query, safe=AS_IT_IS)}" if parts.query else ""
    except ValueError:
        return None
    bare = parts.scheme in PORTS and parts.username is None and not _UNFIT.search(host)
    if not bare or not host or not port:
        return None
    shown = f"[{host}]" if ":" in host else host
    shown += f":{port}" if port != PORTS[parts.scheme] else ""
    head = HEAD.format(path=path, host=shown).encode("ascii")
    return Target(Place(parts.scheme == "https", host, port), head)


class Poster:
    """An HTTP client for hook targets: no redirects, no proxies, no cookies, no decompression,
    and no connection to an address that is not allowed."""

    def __init__(self, *, allow_private: bool) -> None:
        late = f"No answer within {DEADLINE:.0f} seconds."
        self._client = Client(check=not allow_private, late=late)

    def post(
        self,
        target: Target,
        secrets: Sequence[bytes],
        message_id: str,
        body: bytes,
        done: Callable[[Attempt], None],
    ) -> None:
        """Begin one attempt; `done` is called once, within DEADLINE."""
        began, at_ms = time.perf_counter(), wall_ms()
        headers = signing.headers(secrets, message_id, at_ms // 1000, body)
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        lines = f"{lines}content-length: {len(body)}\r\n\r\n"
        request = b"".join((target.head, lines.encode("ascii"), body))
        self._client.send(target.place, request, DEADLINE, partial(_ended, began, at_ms, done))

    async def close(self) -> None:
        await self._client.close()


def _ended(
    began: float, at_ms: int, done: Callable[[Attempt], None], result: Answer | Failure
) -> None:
    took = int((time.perf_counter() - began) * 1000)
    if isinstance(result, Failure):
        done(Attempt(at_ms=at_ms, status=0, detail=result.detail, took_ms=took))
        return
    made = Attempt(
        at_ms=at_ms,
        status=result.status,
        detail=_phrase(result.status),
        took_ms=took,
        retry_after=result.retry_after,
        answer=result.body,
    )
    done(made)


def _phrase(status: int) -> str:
    if 200 <= status < 300:
        return "Delivered."
    if 300 <= status < 400:
        return "The target answered with a redirect, which is not followed."
    if status == 410:
        return "The target is gone (410); the hook was removed."
    return f"The target answered {status}."
