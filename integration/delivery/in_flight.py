"""Flight: the deliveries that one process holds: those that wait, are under way, and have ended."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial

from integration.delivery import attempt as posting
from integration.delivery import claims
from integration.delivery.attempt import Attempt, Poster, Target
from integration.delivery.claims import Claimed, Ended
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.services import Services
from integration.store import damaged

IN_FLIGHT, AHEAD = 200, 50
"""Deliveries that one drain has under way at once, and how many more it claims ahead, so that one
that ends makes room for the next at once and not a round trip later."""
GROUP, GROUP_SECONDS, UNHURRIED_SECONDS = 25, 0.003, 0.01
"""Attempts that end are recorded when they are so many (or a third of what is held, where that is
more), when the first has waited so long (longer where there is plenty under way), or when nothing
is."""
PLENTY = 100
HOOKS_KEPT = 5_000
GONE = "The event has left the inbox and cannot be sent any more."
NO_HOOK = "The hook was removed, or its record cannot be read."
NO_TARGET = "The target is no web address; change it."


class Flight:
    """`stirred` is set when there is something for a round to do."""

    def __init__(self, services: Services, poster: Poster) -> None:
        self._services, self._poster = services, poster
        self.waiting: deque[Claimed] = deque()
        self.flying: set[str] = set()
        self.ended: list[Ended] = []
        self.stirred = asyncio.Event()
        self._known: dict[str, tuple[str, Hook | None, Target | None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def room(self) -> int:
        return IN_FLIGHT + AHEAD - self._held

    @property
    def _held(self) -> int:
        return len(self.flying) + len(self.waiting)

    @property
    def held(self) -> list[str]:
        """What a round has claimed and none has recorded."""
        waiting = [each.id for each in self.waiting]
        return [*self.flying, *waiting, *(each.claimed.id for each in self.ended)]

    async def take(self, claimed: Sequence[Claimed]) -> None:
        """Begin these attempts, or as many as may be under way; whatever comes of them ends up in
        `ended`."""
        await self._read_hooks(claimed)
        self.waiting.extend(claimed)
        self._begin_more()

    def rested(self) -> None:
        """Whoever waited for `stirred` goes on."""
        self.stirred.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None

    async def _read_hooks(self, claimed: Sequence[Claimed]) -> None:
        """See that the hooks of these are known as of the revision they were claimed under."""
        if len(self._known) > HOOKS_KEPT:
            # What waits was claimed under a revision that is read anew when it is missing.
            self._known = {each.hook_id: self._known[each.hook_id] for each in self.waiting}
        wanted = {each.hook_id: each.revision for each in claimed}
        changed = [name for name in wanted if self._revision(name) != wanted[name]]
        if not changed:
            return
        read = await asyncio.to_thread(subscriptions.several, self._services, changed)
        for name, hook in zip(changed, read, strict=True):
            target = posting.target(hook.target_url) if hook else None
            self._known[name] = (wanted[name], hook, target)

    def _revision(self, hook_id: str) -> str | None:
        known = self._known.get(hook_id)
        return known[0] if known else None

    def _begin_more(self) -> None:
        while self.waiting and len(self.flying) < IN_FLIGHT:
            claimed = self.waiting.popleft()
            refusal = self._begin(claimed)
            if refusal:
                self._end(claimed, Attempt.refused(refusal))

    def _begin(self, claimed: Claimed) -> str:
        """Begin one attempt; gives back why it cannot be made, or ""."""
        _, hook, target = self._known[claimed.hook_id]
        if not claimed.payload:
            return GONE
        if hook is None:
            return NO_HOOK
        if target is None:
            return NO_TARGET
        try:
            keys, body = subscriptions.signing_keys(hook), claimed.payload.encode()
            self._poster.post(target, keys, claimed.id, body, partial(self._landed, claimed))
        except damaged.NONSENSE as error:
            # Broken in a way that nobody thought of: it ends here, or it would come back for ever.
            return f"This delivery cannot be made ({type(error).__name__})."
        self.flying.add(claimed.id)
        return ""

    def _landed(self, claimed: Claimed, attempt: Attempt) -> None:
        self.flying.discard(claimed.id)
        self._end(claimed, attempt)
        self._begin_more()

    def _end(self, claimed: Claimed, attempt: Attempt) -> None:
        self.ended.append(claims.ended(claimed, attempt))
        if not self.flying or len(self.ended) >= max(GROUP, self._held // 3):
            self.stirred.set()
        elif self._timer is None:
            seconds = UNHURRIED_SECONDS if self._held >= PLENTY else GROUP_SECONDS
            self._timer = asyncio.get_running_loop().call_later(seconds, self.stirred.set)
