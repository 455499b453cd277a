"""The deliveries in flight of one drain: those that wait, are being posted, and have ended.

They come from a claim or a fan-out (drain_step.py); what ends, the drain's next step records.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial

from integration.delivery import attempt as attempts
from integration.delivery import drain_step
from integration.delivery.attempt import Attempt, Poster, Target
from integration.delivery.records import Claimed, Ended
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.services import Services
from integration.store import damaged

IN_FLIGHT, AHEAD = 200, 50
"""Deliveries that one drain posts at once, and how many more it claims ahead.

Where one ends, the next can begin at once, and not a round trip later."""
GROUP, GROUP_SECONDS, UNHURRIED_SECONDS = 25, 0.003, 0.01
"""A step records ended attempts when they are GROUP, or a third of what is held where that is more.

It also does when the first of them has waited so long, UNHURRIED_SECONDS where PLENTY are held, or
when no attempt is being posted."""
PLENTY = 100
HOOKS_KEPT = 5_000
GONE = "The event has left the inbox and cannot be sent any more."
NO_HOOK = "The hook was removed, or its record cannot be read."
NO_TARGET = "The target is no web address; change it."


class InFlight:
    """`step_needed` is set when there is something for a step to do."""

    def __init__(self, services: Services, poster: Poster) -> None:
        self._services, self._poster = services, poster
        self.waiting: deque[Claimed] = deque()
        self.posting: set[str] = set()
        self.ended: list[Ended] = []
        self.step_needed = asyncio.Event()
        self._known: dict[str, tuple[str, Hook | None, Target | None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def room(self) -> int:
        return IN_FLIGHT + AHEAD - self._held

    @property
    def _held(self) -> int:
        return len(self.posting) + len(self.waiting)

    @property
    def held(self) -> list[str]:
        """The ids of what the steps have claimed and not recorded yet."""
        waiting = [each.id for each in self.waiting]
        return [*self.posting, *waiting, *(each.claimed.id for each in self.ended)]

    async def begin(self, claimed: Sequence[Claimed]) -> None:
        """Begin these attempts, or as many as may be posted at once; all end up in `ended`."""
        await self._read_hooks(claimed)
        self.waiting.extend(claimed)
        self._begin_more()

    def step_begins(self) -> None:
        """Clear `step_needed`, since the next step does what it was set for."""
        self.step_needed.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None

    async def _read_hooks(self, claimed: Sequence[Claimed]) -> None:
        """Cache the hooks of these as of the revision they were claimed under."""
        if len(self._known) > HOOKS_KEPT:
            # A waiting delivery needs its hook as of the revision it was claimed under.
            self._known = {each.hook_id: self._known[each.hook_id] for each in self.waiting}
        wanted = {each.hook_id: each.revision for each in claimed}
        changed = [name for name in wanted if self._revision(name) != wanted[name]]
        if not changed:
            return
        read = await asyncio.to_thread(subscriptions.several, self._services, changed)
        for name, hook in zip(changed, read, strict=True):
            target = attempts.target(hook.target_url) if hook else None
            self._known[name] = (wanted[name], hook, target)

    def _revision(self, hook_id: str) -> str | None:
        known = self._known.get(hook_id)
        return known[0] if known else None

    def _begin_more(self) -> None:
        while self.waiting and len(self.posting) < IN_FLIGHT:
            claimed = self.waiting.popleft()
            refusal = self._post(claimed)
            if refusal:
                self._end(claimed, Attempt.refused(refusal))

    def _post(self, claimed: Claimed) -> str:
        """Begin one attempt; returns why it cannot be made, or ""."""
        _, hook, target = self._known[claimed.hook_id]
        if not claimed.payload:
            return GONE
        if hook is None:
            return NO_HOOK
        if target is None:
            return NO_TARGET
        try:
            keys, body = subscriptions.signing_keys(hook), claimed.payload.encode()
            self._poster.post(target, keys, claimed.id, body, partial(self._on_end, claimed))
        except damaged.NONSENSE as error:
            # Damaged in an unforeseen way: it ends here, or it would come back without end.
            return f"This delivery cannot be made ({type(error).__name__})."
        self.posting.add(claimed.id)
        return ""

    def _on_end(self, claimed: Claimed, attempt: Attempt) -> None:
        self.posting.discard(claimed.id)
        self._end(claimed, attempt)
        self._begin_more()

    def _end(self, claimed: Claimed, attempt: Attempt) -> None:
        self.ended.append(drain_step.ended(claimed, attempt))
        if not self.posting or len(self.ended) >= max(GROUP, self._held // 3):
            self.step_needed.set()
        elif self._timer is None:
            seconds = UNHURRIED_SECONDS if self._held >= PLENTY else GROUP_SECONDS
            self._timer = asyncio.get_running_loop().call_later(seconds, self.step_needed.set)
