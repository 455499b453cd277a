"""The register of one workspace, as actions and searches of the catalog see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration.kernel.opt_outs import OptOuts
from integration.opt_outs import by_hand, register, wanted
from integration.opt_outs.by_hand import Entry
from integration.opt_outs.wish import Wish, id_of, shown
from integration.services import Services


@dataclass(frozen=True)
class WorkspaceOptOuts(OptOuts):
    services: Services
    workspace: str

    @property
    def kept(self) -> bool:
        return wanted.stored(self.services.db, self.workspace).on

    def add(self, *, phone: str, sender: str, reason: str, connection: str) -> int:
        home = by_hand.place(self.services, self.workspace, connection)
        entry = Entry(phone=phone, home=home, sender=sender, reason=reason)
        return by_hand.add(self.services, [entry])

    def lift(self, *, phone: str, sender: str, reason: str, connection: str) -> int:
        homes = register.homes(self.services, self.workspace, connection)
        return by_hand.lift(self.services, homes, phone, sender, reason)

    def find(self, *, phone: str, sender: str, connection: str) -> Sequence[dict[str, Any]]:
        homes = register.homes(self.services, self.workspace, connection)
        found = {wish for each in homes for wish in self._holding(each.id, phone, sender)}
        newest = sorted(found, key=lambda wish: -wish.at_ms)
        return [{"id": id_of(each), **shown(each)} for each in newest]

    def _holding(self, connection_id: str, phone: str, sender: str) -> Sequence[Wish]:
        known = register.of(self.services, self.workspace, connection_id, phone)
        return register.holding(self.services, known, sender)
