"""What every part of a running process shares: settings, store, vault, catalog."""

from dataclasses import dataclass, field

from integration import discovery
from integration.kernel.catalog import Catalog
from integration.settings import Settings
from integration.store import client
from integration.store.client import TextStore
from integration.store.pipeline import Line
from integration.store.tallies import Known
from integration.store.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Services:
    """`db` decodes replies to text; `line` is for the busiest calls, over the same connections.
    `signals` and `endings` are for jobs/wait.py alone.
    `connection_cache` is for accounts/connection_cache.py alone, by workspace; `key_cache` for
    web/core/admission.py alone, by the digest of an API key; `day_cache` for web/api/numbers.py."""

    settings: Settings
    catalog: Catalog
    vault: Vault
    db: TextStore
    line: Line
    signals: TextStore
    connection_cache: dict[str, object] = field(default_factory=dict)
    key_cache: dict[str, object] = field(default_factory=dict)
    endings: dict[str, object] = field(default_factory=dict)
    day_cache: Known = field(default_factory=dict)

    def disconnect(self) -> None:
        """Close what is open; the next command connects again. For a parent before it forks."""
        for each in (self.db, self.signals):
            each.connection_pool.disconnect()


def build(settings: Settings, most: int = client.MOST) -> Services:
    """Connects nothing yet; the clients connect at their first command, `most` times at most."""
    settings.require_store()
    db = client.connect(settings.redis_url, most=most)
    return Services(
        settings=settings,
        catalog=discovery.load(),
        vault=Vault(settings.secret_key, settings.old_secret_keys),
        db=db,
        line=Line(db.connection_pool, settings.store_replicas),
        signals=client.connect(settings.redis_url, most=1),
    )
