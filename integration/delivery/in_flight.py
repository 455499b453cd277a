"""The deliveries in flight of one drain: those that are being posted, and those that have ended.

They come from a claim (drain_step.py); what ends, the drain's next step records.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from integration.delivery import attempt as attempts
from integration.delivery import drain_step
from integration.delivery.attempt import Attempt, Poster, Target
from integration.delivery.records import Claimed, Ended, Room
from integration.hooks import signing_secrets, subscriptions
from integration.hooks.record import Hook
from integration.kernel.withheld import emptied_event
from integration.services import Services
from integration.store import damaged

IN_FLIGHT, SPARE = 200, 50
"""Posts of one drain at once, without those that hang, and how many more it begins.

Where one ends, its place is empty until the next step has claimed."""
GROUP, GROUP_SECONDS, UNHURRIED_SECONDS = 25, 0.003, 0.01
"""A step records ended attempts when they are GROUP, or a third of the prompt ones if more.

It also does when the first of them has waited so long, UNHURRIED_SECONDS where these are PLENTY, or
when no attempt is being posted."""
PLENTY = 100
HANGS_SECONDS = drain_step.HANGS_MS / 1000
HOOKS_KEPT = 5_000
GONE = "The event has left the inbox and cannot be sent any more."
NO_HOOK = "The hook was removed, or its record cannot be read."
LOCKED = "SECRET_KEY is not the one that this hook was stored under; it waits for the right one."
LOCKED_SECONDS = 10.0


class InFlight:
    """`step_needed` is set when there is something for a step to do.

    `posting` says when each began (monotonic, seconds), `began_to_hang` what the next step reports.
    """

    def __init__(self, services: Services, poster: Poster) -> None:
        self._services, self._poster = services, poster
        self.posting: dict[str, float] = {}
        self.ended: list[Ended] = []
        self.began_to_hang: list[str] = []
        self.step_needed = asyncio.Event()
        self._hanging: set[str] = set()
        self._claims: dict[str, Claimed] = {}
        self._known: dict[str, tuple[str, Hook | None, Target | None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def room(self) -> Room:
        free = drain_step.PLACES - len(self.posting)
        return Room(
            min(IN_FLIGHT + SPARE - self._prompt, free), drain_step.HANGING - len(self._hanging)
        )

    @property
    def _prompt(self) -> int:
        return len(self.posting) - len(self._hanging)

    @property
    def held(self) -> list[str]:
        """The ids of what the steps have claimed and not recorded yet."""
        return [*self.posting, *(each.claimed.id for each in self.ended)]

    async def begin(self, claimed: Sequence[Claimed]) -> None:
        """Begin these attempts; all end up in `ended`."""
        await self._read_hooks(claimed)
        for each in claimed:
            self._claims[each.id] = each
            if each.id in self.posting:
                # Our lease ended meanwhile: the post that is under way is the one for this claim.
                continue
            _, hook, target = self._known[each.hook_id]
            unmade = _unmade(each, hook, target)
            if hook and target and not unmade:
                unmade = self._post(each, hook, target)
            if unmade:
                self._end(each.id, unmade)

    async def watch(self) -> None:
        """Find the posts that begin to hang, so that others get their places."""
        while True:
            await asyncio.sleep(HANGS_SECONDS / 2)
            late = time.monotonic() - HANGS_SECONDS
            old = {name for name, began in self.posting.items() if began <= late}
            if found := old - self._hanging:
                self._hanging.update(found)
                self.began_to_hang += found
                self.step_needed.set()

    def step_begins(self) -> None:
        """Clear `step_needed`, since the next step does what it was set for."""
        self.step_needed.clear()
        if self._timer:
            self._timer.cancel()
            self._timer = None

    async def _read_hooks(self, claimed: Sequence[Claimed]) -> None:
        """Cache the hooks of these as of the revision they were claimed under."""
        if len(self._known) > HOOKS_KEPT:
            self._known.clear()
        wanted = {each.hook_id: each.revision for each in claimed}
        changed = [name for name in wanted if self._revision(name) != wanted[name]]
        if not changed:
            return
        read = await asyncio.to_thread(subscriptions.several, self._services, changed, locked=True)
        for name, hook in zip(changed, read, strict=True):
            target = attempts.target(hook.target_url) if hook else None
            self._known[name] = (wanted[name], hook, target)

    def _revision(self, hook_id: str) -> str | None:
        known = self._known.get(hook_id)
        return known[0] if known else None

    def _post(self, claimed: Claimed, hook: Hook, target: Target) -> Attempt | None:
        """Begin one attempt; returns one that cannot be made."""
        self.posting[claimed.id] = time.monotonic()
        if claimed.hangs:
            self._hanging.add(claimed.id)
        try:
            said = claimed.payload
            body = said.encode() if hook.texts else emptied_event(said)
            keys = signing_secrets.keys_of(hook)
            self._poster.post(target, keys, claimed.id, body, partial(self._on_end, claimed.id))
        except damaged.NONSENSE as error:
            # Damaged in an unforeseen way: it ends here, or it would come back without end.
            self._forget(claimed.id)
            return Attempt.refused(f"This delivery cannot be made ({type(error).__name__}).")
        return None

    def _on_end(self, name: str, attempt: Attempt) -> None:
        self._forget(name)
        self._end(name, attempt)

    def _forget(self, name: str) -> None:
        del self.posting[name]
        self._hanging.discard(name)

    def _end(self, name: str, attempt: Attempt) -> None:
        self.ended.append(drain_step.ended(self._claims.pop(name), attempt))
        if not self._prompt or len(self.ended) >= max(GROUP, self._prompt // 3):
            self.step_needed.set()
        elif self._timer is None:
            seconds = UNHURRIED_SECONDS if self._prompt >= PLENTY else GROUP_SECONDS
            self._timer = asyncio.get_running_loop().call_later(seconds, self.step_needed.set)


def _unmade(claimed: Claimed, hook: Hook | None, target: Target | None) -> Attempt | None:
    """An attempt that cannot be made, which says why; None for one that can."""
    if hook and not hook.target_url:
        return Attempt.postponed(LOCKED, LOCKED_SECONDS)
    if not claimed.payload:
        return Attempt.refused(GONE)
    if hook is None:
        return Attempt.refused(NO_HOOK)
    return Attempt.without_target() if target is None else None
