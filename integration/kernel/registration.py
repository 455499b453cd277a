"""Registration in single entries: the webhooks of providers that keep each one under an id."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from integration.kernel.capability import Capability


@dataclass(frozen=True, kw_only=True)
class HookEntry:
    """One webhook at the provider.

    `id` is the provider's. A new entry has one where the provider lets us choose it. It also has
    one where that names a place for one address, such as that of a phone number. `events` are
    the provider's words. `secret` is what it signs with, None where it does not show or take one.
    `overwrites` is what stands in the place of a new entry and would be lost. In an entry that is
    removed, it is what is to stand there again.
    """

    id: str
    url: str
    events: frozenset[str]
    active: bool = True
    secret: str | None = field(default=None, repr=False)
    overwrites: str = field(default="", repr=False)


class RegistersEntries(Capability):
    """A provider whose webhooks can be listed, added and removed one by one.

    Where an added entry may replace somebody else's, its settings have `replace_webhook`, a Flag
    labelled "Replace Webhook": without it, nothing is replaced.
    """

    name, lacking = "webhook-registration", "register webhooks by itself"
    brings_receipts: ClassVar[bool] = False
    """Whether receipts come by these entries alone. Then an account that only sends wants them."""

    @abstractmethod
    def entries(self) -> list[HookEntry]:
        """All webhooks of the account, also those of others; reads all pages."""

    @abstractmethod
    def wanted_entries(self, url: str, secret: str) -> Sequence[HookEntry]:
        """The entries that bring what we read to our address, the most important one first.

        The same each time, so that they can be found again. An id that we choose follows from the
        `url`: another service of ours may share the account. Raises ProviderRejected with what to
        do, where the account has nothing yet that could call us.
        """

    @abstractmethod
    def add_entry(self, entry: HookEntry) -> HookEntry:
        """Add one of the wanted entries; one with the same id is replaced. Makes one call, and
        returns the entry as the provider then has it."""

    @abstractmethod
    def remove_entry(self, entry: HookEntry) -> None:
        """Remove an entry of ours, or put back what `overwrites` says. One that is gone counts as
        removed."""

    def change_entry(self, old: HookEntry, new: HookEntry) -> HookEntry:
        """Make the wanted entry `new` of `old`, which is ours. Where the provider has a call for
        that, a provider overrides this."""
        made = self.add_entry(new)
        self.remove_entry(old)
        return made
