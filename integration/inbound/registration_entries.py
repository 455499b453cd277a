"""Registration in single entries: ours are added and removed, and nobody else's touched.

An entry is ours by its address, also by an address from before. An entry is as it should be where
it has the address and at least the events that we want. So a look that finds them writes nothing,
however the provider numbers them. What stands in the place of a new entry stays there, unless the
user chose otherwise. What we replace is remembered, and put back when we leave.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from integration.inbound.registration_plan import (
    INACTIVE,
    NOT_KEPT,
    OCCUPIED,
    OFF,
    REGISTERED,
    Outcome,
    Plan,
    plain,
)
from integration.inbound.registration_replaced import Replaced
from integration.kernel.errors import ProviderRejected
from integration.kernel.registration import HookEntry, RegistersEntries

HOST = re.compile(r"https?://(?:[^/?#\s@]*@)?([^/?#:\s]+)", re.IGNORECASE)
STANDS = (
    "The provider calls {} now, and takes one address only. Enter ours in its place there, or set"
    " Replace Webhook here; what stands there now is put back when we leave."
)


class Compared(NamedTuple):
    """What we want against what is there. `surplus` are entries of ours that nothing wants."""

    kept: Sequence[HookEntry]
    missing: Sequence[HookEntry]
    surplus: Sequence[HookEntry]


class Entries:
    """The entries of one account; `own` are our addresses as `plain` writes them."""

    def __init__(
        self,
        provider: RegistersEntries,
        plan: Plan,
        own: Collection[str],
        *,
        secret: str,
        replaced: Replaced,
        may_replace: bool,
    ) -> None:
        self.provider, self.plan, self.own = provider, plan, own
        self.secret, self.replaced, self.may_replace = secret, replaced, may_replace
        self.found: list[HookEntry] = []

    def look(self) -> bool:
        """Read the entries; says whether one of ours is among them."""
        self.found = self.provider.entries()
        return bool(self._ours())

    def settle(self) -> Outcome:
        """What became of our entries: they are there as they should be, or are written."""
        address = self.plan.wanted
        wanted = self.provider.wanted_entries(address, self.secret) if address else ()
        free = [each for each in wanted if not self._is_taken(each)]
        there = self._compared(free)
        if there.missing or there.surplus:
            there = self._written(free, there)
        if there.missing or there.surplus:
            return Outcome(NOT_KEPT)
        return _outcome(there.kept, [each for each in wanted if self._is_taken(each)])

    def _written(self, free: Sequence[HookEntry], there: Compared) -> Compared:
        """Write what differs; returns what was read after that."""
        if there.missing and not there.kept:
            # One goes first: an account that refuses, or keeps none, costs few calls.
            self._put(there.missing[0], there.surplus)
            if self.plan.dropped:
                # It was read back in vain before: the next look tells, and saves a call now.
                return there
            there = self._read_back(free)
            if not there.kept:
                return there
        if not there.missing and not there.surplus:
            return there
        self._put_all(there)
        return self._read_back(free)

    def _read_back(self, wanted: Sequence[HookEntry]) -> Compared:
        self.look()
        return self._compared(wanted)

    def _put_all(self, differs: Compared) -> None:
        """Raises the first refusal after all have had their turn: one event that the account does
        not know hinders no other."""
        refused: list[ProviderRejected] = []
        surplus = differs.surplus
        for each in differs.missing:
            try:
                surplus = self._put(each, surplus)
            except ProviderRejected as error:
                refused.append(error)
        for each in surplus:
            stood = self.replaced.read().get(each.id, "")
            self.provider.remove_entry(replace(each, overwrites=stood))
            self._remember(each.id, "")
        if refused:
            raise refused[0]

    def _put(self, entry: HookEntry, surplus: Sequence[HookEntry]) -> Sequence[HookEntry]:
        """Write a wanted entry, in the place of one of ours where that goes; returns the others."""
        here = next((each for each in surplus if entry.id and each.id == entry.id), None)
        old = here if here or entry.id else next(iter(surplus), None)
        if old and not here:
            self.provider.change_entry(old, entry)
        else:
            if not here:
                # Before the write: after a crash nobody could tell what stood there.
                self._remember(entry.id, entry.overwrites)
            self.provider.add_entry(entry)
        return [each for each in surplus if each is not old]

    def _remember(self, place: str, stood: str) -> None:
        known = self.replaced.read()
        now = {name: each for name, each in known.items() if name != place}
        if stood:
            now[place] = stood
        if now != known:
            self.replaced.write(now)

    def _is_taken(self, entry: HookEntry) -> bool:
        """Whether somebody else's would be lost, and nobody said that it may."""
        ours = any(each.id == entry.id for each in self._ours())
        return bool(entry.overwrites) and not ours and not self.may_replace

    def _ours(self) -> list[HookEntry]:
        return [each for each in self.found if plain(each.url) in self.own]

    def _compared(self, wanted: Sequence[HookEntry]) -> Compared:
        kept, missing, left = list[HookEntry](), list[HookEntry](), self._ours()
        for each in wanted:
            fit = next((one for one in left if _serves(one, each)), None)
            if fit is None:
                missing.append(each)
            else:
                kept.append(fit)
                left = [one for one in left if one is not fit]
        return Compared(kept, missing, left)


def _serves(found: HookEntry, wanted: HookEntry) -> bool:
    """Whether this entry brings us all that the wanted one would, signed as we expect it."""
    return (
        plain(found.url) == plain(wanted.url)
        and wanted.id in ("", found.id)
        and _words(wanted.events) <= _words(found.events)
        and (None in (found.secret, wanted.secret) or found.secret == wanted.secret)
    )


def _words(events: Collection[str]) -> set[str]:
    return {each.casefold() for each in events}


def _outcome(kept: Sequence[HookEntry], taken: Sequence[HookEntry]) -> Outcome:
    if taken:
        found = {(HOST.search(each.overwrites) or [""] * 2)[1] for each in taken}
        hosts = " and ".join(sorted(each or "another address" for each in found))
        return Outcome(OCCUPIED, STANDS.format(hosts))
    if not kept:
        return Outcome(OFF)
    return Outcome(REGISTERED if all(each.active for each in kept) else INACTIVE)
