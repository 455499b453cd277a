"""Registration in a list that is written as a whole: our entry is put in, all others stay.

A write replaces the provider's whole list. So we read it, change our own entry only, write it and
read it back. Somebody else may write it at any time.
"""

from collections.abc import Collection, Sequence

from integration.inbound.registration_plan import (
    INACTIVE,
    NOT_KEPT,
    OFF,
    REGISTERED,
    Outcome,
    Plan,
    plain,
)
from integration.kernel.capabilities import RegistersWebhooks
from integration.kernel.events import UpstreamHook


class WholeList:
    """The list of one account; `own` are our addresses as `plain` writes them."""

    def __init__(self, provider: RegistersWebhooks, plan: Plan, own: Collection[str]) -> None:
        self.provider, self.plan, self.own = provider, plan, own
        self.found: list[UpstreamHook] = []

    def look(self) -> bool:
        """Read the list; says whether an entry of ours is in it."""
        self.found = self.provider.webhooks()
        return bool(self._ours())

    def settle(self) -> Outcome:
        """What became of our entry: it is there as it should be, or the list is written."""
        wanted = self._corrected()
        if self.found != wanted:
            self.provider.set_webhooks(wanted)
            if self.plan.dropped:
                # It was read back in vain before: the next look tells, and saves a call now.
                return Outcome(NOT_KEPT)
            self.look()
            if self.found != self._corrected():
                return Outcome(NOT_KEPT)
        active = [each.active for each in self._ours()]
        return Outcome(OFF if not active else REGISTERED if active[0] else INACTIVE)

    def _ours(self) -> list[UpstreamHook]:
        return [each for each in self.found if plain(each.url) in self.own]

    def _corrected(self) -> list[UpstreamHook]:
        return corrected(self.found, self.own, self.plan.wanted)


def corrected(
    found: Sequence[UpstreamHook], own: Collection[str], wanted: str
) -> list[UpstreamHook]:
    """The list with our wanted entry once, as the user set it, and all others as they are."""
    ours = [each for each in found if wanted and plain(each.url) == plain(wanted)][:1]
    others = [each for each in found if plain(each.url) not in own]
    kept = [each for each in found if any(each is one for one in [*others, *ours])]
    return kept if ours or not wanted else [*kept, UpstreamHook(url=wanted, active=True)]
