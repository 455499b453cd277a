"""Bootstrap: gives a new or emptied store the key and connections that the environment names."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from integration.accounts import (
    api_keys,
    audit,
    connecting,
    connections,
    credentials,
    pacing,
    workspaces,
)
from integration.accounts.connections import ENVIRONMENT, Connection
from integration.kernel.capabilities import HasInbound
from integration.kernel.catalog import dashed
from integration.kernel.errors import SettingsError
from integration.kernel.specs import Provider
from integration.services import Services
from integration.store import format as store_format
from integration.store import keys
from integration.store.clock import wall_ms

log = logging.getLogger(__name__)
DEFAULT = workspaces.DEFAULT


def ensure(services: Services) -> None:
    """Makes the default workspace, its API key and its connections; safe to repeat."""
    db, settings = services.db, services.settings
    if db.sadd(keys.WORKSPACES, DEFAULT) and missing(services):
        # A workspace that was there before keeps no register until somebody chooses it.
        db.hset(keys.workspace(DEFAULT), "opt_outs", "on")
    if settings.hookline_api_key:
        _keep_key(services, settings.hookline_api_key)
    wanted = {each.id: each for each in promised(services)}
    for stored in connections.listed(services, DEFAULT):
        if stored.source == ENVIRONMENT and stored.id not in wanted:
            connections.forget(services, stored)
            _note(services, "connection.deleted", stored.id, _named(stored))
    for place, each in enumerate(wanted.values()):
        _keep(services, replace(each, created_ms=each.created_ms + place))
    store_format.claim(db)
    db.set(keys.EMPTY_MARK, wall_ms(), nx=True)


def missing(services: Services) -> bool:
    """Whether the store is new, or lost its data under a running service."""
    return not services.db.exists(keys.EMPTY_MARK)


def _keep_key(services: Services, value: str) -> None:
    """Keeps the key that the setting names and revokes the one that it named before."""
    db, current = services.db, api_keys.digest_of(value)
    for record in api_keys.listed(db, DEFAULT):
        digest = db.hget(keys.workspace_api_keys(DEFAULT), record["id"])
        if record.get("source") == ENVIRONMENT and digest != current:
            api_keys.revoke(db, DEFAULT, record["id"])
            _note(services, "key.revoked", record["id"])
    if not db.hexists(keys.API_KEYS, current):
        name = "HOOKLINE_API_KEY"
        replicas = services.settings.store_replicas
        record, _ = api_keys.create(
            db, DEFAULT, name, value=value, source=ENVIRONMENT, wanted=replicas
        )
        _note(services, "key.created", record["id"], name)


def _keep(services: Services, wanted: Connection) -> None:
    stored = connections.by_id(services, wanted.id)
    if stored is None:
        _renew(services, wanted)
    elif dict(stored.settings) != dict(wanted.settings):
        changed = connecting.change(services, DEFAULT, wanted.id, lambda _: wanted)
        # Its usual sender is part of its pacing.
        pacing.change(services, changed, {})
        _note(services, "connection.changed", wanted.id, _named(wanted))


def _renew(services: Services, wanted: Connection) -> None:
    """One that another SECRET_KEY sealed stays as it is. Made again, it would take what came in
    meanwhile for history, and write another address into the provider's webhook list."""
    try:
        credentials.open_one(services, wanted.id)
    except SettingsError as error:
        log.error("%s is not connected: %s", wanted.id, error.message)
        return
    connecting.add(services, wanted)
    _note(services, "connection.created", wanted.id, _named(wanted))


def _note(services: Services, action: str, subject: str, detail: str = "") -> None:
    audit.note(services.db, DEFAULT, action, subject, by=audit.SETTINGS, detail=detail)


def _named(connection: Connection) -> str:
    return f"{dashed(connection.provider)}: {connection.label}"


def promised(services: Services) -> Iterator[Connection]:
    settings = services.settings
    kinds = sorted(services.catalog.providers.values(), key=_receives_first)
    for kind in kinds:
        given = settings.providers.get(kind.key, {})
        if all(given.get(name) for name in kind.required()):
            yield _environment(kind, given)
    if settings.sandbox and settings.sandbox_url:
        yield from (_sandbox(kind, settings.sandbox_url) for kind in kinds if kind.demo)


def _receives_first(kind: type[Provider]) -> tuple[bool, str]:
    """Sorts providers that also receive first: the first connection serves a step that names
    none."""
    return not issubclass(kind, HasInbound), kind.key


def _sandbox(kind: type[Provider], sandbox_url: str) -> Connection:
    address = f"{sandbox_url}/{dashed(kind.key)}{urlsplit(kind.base_url).path}"
    given = kind.settings().load({**kind.sandbox, "base_url": address})
    return _environment(kind, given, prefix="sandbox_", note=" (sandbox)")


def _environment(
    kind: type[Provider], given: Mapping[str, Any], prefix: str = "", note: str = ""
) -> Connection:
    """The id is fixed, so that a rotated provider key leaves the connection the same."""
    return connections.make(
        workspace=DEFAULT,
        provider=kind.key,
        label=kind.label + note,
        settings=given,
        source=ENVIRONMENT,
        connection_id=f"conn_{prefix}{kind.key}",
        account_settings=kind.account_settings,
    )
