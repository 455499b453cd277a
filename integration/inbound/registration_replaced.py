"""What stood in the places that our entries took at providers, to be put back when we leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from integration.accounts.connections import REPLACED
from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.store import keys
from integration.store.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """By the places' ids. Sealed: many such addresses take a call from everybody who knows them."""

    vault: Vault
    load: Callable[[], str | None]
    save: Callable[[str], object]

    def read(self) -> Mapping[str, str]:
        sealed = self.load()
        try:
            found: Mapping[str, str] = self.vault.open(sealed) if sealed else {}
        except SettingsError:
            # Under a key that nobody has any more: the place is left empty.
            return {}
        return found

    def write(self, replaced: Mapping[str, str]) -> None:
        self.save(self.vault.seal(dict(replaced)) if replaced else "")


def of_connection(services: Services, connection_id: str) -> Replaced:
    state, db = keys.sync_state(connection_id), services.db
    return Replaced(
        vault=services.vault,
        load=partial(db.hget, state, REPLACED),
        save=partial(db.hset, state, REPLACED),
    )


def of_left(services: Services, sealed: str | None) -> Replaced:
    """For an account that its connection has left: noted with it, and forgotten with it."""
    return Replaced(vault=services.vault, load=lambda: sealed, save=lambda _: None)
