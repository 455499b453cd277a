"""What every part of a running process shares: settings, store, vault, catalog."""

from __future__ import annotations

from dataclasses import dataclass, field

from redis import Redis

from integration import discovery
from integration.kernel.catalog import Catalog
from integration.settings import Settings
from integration.store import client
from integration.store.client import TextStore
from integration.store.pipeline import Line
from integration.store.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Services:
    """`db` decodes replies to text, `raw` is RQ's and does not; `line` is for the busiest calls.
    `connection_cache` is for accounts/connection_cache.py alone, by workspace; `key_cache` for
    web/core/admission.py alone, by the digest of an API key."""

    settings: Settings
    catalog: Catalog
    vault: Vault
    db: TextStore
    raw: Redis
    line: Line
    connection_cache: dict[str, object] = field(default_factory=dict)
    key_cache: dict[str, object] = field(default_factory=dict)


def build(settings: Settings) -> Services:
    """Connects nothing yet; the clients connect at their first command."""
    settings.require_store()
    raw = client.connect(settings.redis_url, decode=False)
    return Services(
        settings=settings,
        catalog=discovery.load(),
        vault=Vault(settings.secret_key),
        db=client.connect(settings.redis_url, decode=True),
        raw=raw,
        line=Line(raw),
    )
