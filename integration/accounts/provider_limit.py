"""The provider limit: the provider's rate limit, shared by all our processes through the store."""

from collections.abc import Mapping

from integration.kernel.errors import LimitUsedUp
from integration.kernel.specs import Limit
from integration.outbound.provider_errors import LONGEST_WAIT, duration, retry_after
from integration.store import keys
from integration.store.client import TextStore, in_passing
from integration.store.clock import now_ms
from integration.store.script import script

SAME_MS = 2_000
"""Ends of one window differ by less, as the provider states whole seconds;
as in learn_limit.lua."""
WHOLE, SYNC, BACKFILL = 100, 80, 50
"""Shares of a limit, in percent: what is sent goes before what is asked."""
DEFAULT_WAIT = 60.0
"""Seconds to wait after a 429 that does not say how long."""


@script("take_permit")
def TAKE_PERMIT(*, permits: str, now: int, default_limit: int, window: int, share: int) -> None:
    """Take one of the calls that the provider allows. Times are in milliseconds."""


@script("learn_limit")
def LEARN_LIMIT(
    *,
    permits: str,
    now: int,
    limit: str,
    remaining: str,
    reset_ms: str,
    blocked_ms: int,
) -> None:
    """Store what the provider says of its limit; "" for what it does not say."""


class Permits:
    """One connection's share of calls. `take` before each call, `learn` from each answer.

    What others go before has a `share` in percent: it leaves them the rest."""

    def __init__(
        self, db: TextStore, connection_id: str, limit: Limit, *, share: int = WHOLE
    ) -> None:
        self.db = db
        self.share = share
        self.key = keys.permits(connection_id)
        self.limit = limit
        self._standing: list[int] = []
        """The limit, the calls counted and when they leave the count, at the last `take`."""

    def take(self) -> None:
        """Return when one call may be made now; LimitUsedUp says how long to wait."""
        call = TAKE_PERMIT(
            permits=self.key,
            now=now_ms(),
            default_limit=self.limit.requests,
            window=self.limit.seconds * 1000,
            share=self.share,
        )
        wait, *self._standing = call.run(self.db)
        if wait:
            raise LimitUsedUp(
                "The provider's rate limit is used up for the moment.", retry_after=wait / 1000
            )

    def learn(self, headers: Mapping[str, str], status: int) -> None:
        """Store what an answer says of the limit. A failure never costs the answer itself: a
        text that was sent would end as unknown."""
        limit, left = (_number(headers.get(f"ratelimit-{name}")) for name in ("limit", "remaining"))
        reset = duration(headers.get("ratelimit-reset", ""))
        reset = None if reset is None else max(0.0, min(reset, LONGEST_WAIT))
        blocked = (retry_after(headers) or DEFAULT_WAIT) if status == 429 else 0.0
        if limit is None and not blocked:
            return
        if not blocked and self._knows(limit, left, reset):
            return
        call = LEARN_LIMIT(
            permits=self.key,
            now=now_ms(),
            limit=_whole(limit),
            remaining=_whole(left),
            reset_ms=_whole(None if reset is None else reset * 1000),
            blocked_ms=int(blocked * 1000),
        )
        with in_passing():
            call.run(self.db)

    def _knows(self, limit: float | None, left: float | None, reset: float | None) -> bool:
        """Whether the store has as strict a count of the same window already."""
        if limit is None or left is None or reset is None or not self._standing:
            return False
        known, count, ends = self._standing
        same = abs(ends - (now_ms() + reset * 1000)) < SAME_MS
        return int(limit) == known and same and limit - left <= count


def _whole(number: float | None) -> str:
    return "" if number is None else str(int(number))


def _number(text: str | None) -> float | None:
    """A header's number, None where the header has no number or an absurd one."""
    try:
        number = float(text) if text else -1.0
    except ValueError:
        return None
    return number if 0 <= number <= 1e9 else None
