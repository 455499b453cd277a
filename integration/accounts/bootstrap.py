"""Bootstrap: what the environment promises is there, in a new store and in an emptied one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from integration.accounts import api_keys, connections
from integration.accounts.connections import ENVIRONMENT, Connection
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms

DEFAULT = "default"
SANDBOX_KEYS = {"pairfon": "pf_sandbox_demo", "cloud_messaging": "cm_sandbox_demo"}
SANDBOX_PATHS = {"pairfon": "/pairfon", "cloud_messaging": "/cloud-messaging/api"}


def ensure(services: Services) -> None:
    """Make the default workspace, its API key and its connections; safe to repeat."""
    db, settings = services.db, services.settings
    db.sadd(keys.WORKSPACES, DEFAULT)
    if settings.hookline_api_key:
        _keep_key(services, settings.hookline_api_key)
    wanted = {each.id: each for each in _promised(services)}
    for stored in connections.listed(services, DEFAULT):
        if stored.source == ENVIRONMENT and stored.id not in wanted:
            connections.forget(services, stored)
    for place, each in enumerate(wanted.values()):
        _keep(services, replace(each, created_ms=each.created_ms + place))
    db.set(keys.EMPTY_MARK, wall_ms(), nx=True)


def missing(services: Services) -> bool:
    """Whether the store is new or was emptied under us."""
    return not services.db.exists(keys.EMPTY_MARK)


def _keep_key(services: Services, value: str) -> None:
    """The key that the setting names, and no longer the one that it named before."""
    db, current = services.db, api_keys.digest_of(value)
    for record in api_keys.listed(db, DEFAULT):
        digest = db.hget(keys.workspace_api_keys(DEFAULT), record["id"])
        if record.get("source") == ENVIRONMENT and digest != current:
            api_keys.revoke(db, DEFAULT, record["id"])
    if not db.hexists(keys.API_KEYS, current):
        api_keys.create(db, DEFAULT, "HOOKLINE_API_KEY", value=value, source=ENVIRONMENT)


def _keep(services: Services, wanted: Connection) -> None:
    stored = connections.by_id(services, wanted.id)
    if stored is None or dict(stored.settings) != dict(wanted.settings):
        connections.save(services, wanted)


def _promised(services: Services) -> Iterator[Connection]:
    settings = services.settings
    if settings.pairfon_api_key:
        given = {"api_key": settings.pairfon_api_key, "base_url": settings.pairfon_base_url}
        yield _environment(services, "pairfon", given)
    if settings.cloud_messaging_api_key:
        given = {
            "api_key": settings.cloud_messaging_api_key,
            "base_url": settings.cloud_messaging_base_url,
            "sender_id": settings.cloud_messaging_sender_id,
        }
        yield _environment(services, "cloud_messaging", given)
    if settings.sandbox and settings.sandbox_url:
        yield from _sandboxes(services)


def _sandboxes(services: Services) -> Iterator[Connection]:
    for provider, path in SANDBOX_PATHS.items():
        given = {
            "api_key": SANDBOX_KEYS[provider],
            "base_url": services.settings.sandbox_url + path,
            "sender_id": "Hookline" if provider == "cloud_messaging" else "",
        }
        yield _environment(services, provider, given, prefix="sandbox_", note=" (sandbox)")


def _environment(
    services: Services, provider: str, given: dict[str, str], prefix: str = "", note: str = ""
) -> Connection:
    """The id is fixed, so that a rotated provider key leaves the connection the same."""
    kind = services.catalog.provider(provider)
    schema = kind.settings()
    return connections.make(
        workspace=DEFAULT,
        provider=provider,
        label=kind.label + note,
        settings=schema.load({key: value for key, value in given.items() if value}),
        source=ENVIRONMENT,
        connection_id=f"conn_{prefix}{provider}",
    )
