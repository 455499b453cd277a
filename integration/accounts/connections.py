"""Connections: provider accounts of a workspace, credentials encrypted at rest."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from redis.client import Pipeline
from redis.exceptions import WatchError

from integration.accounts import queues
from integration.kernel.capability import Capability
from integration.kernel.errors import CapabilityMissing, NotFound, SettingsError
from integration.kernel.specs import Provider
from integration.services import Services
from integration.store import damaged, keys, lifetimes, replicas
from integration.store.clock import wall_ms

ENVIRONMENT, API = "environment", "api"
TEXTS = ("id", "workspace", "provider", "label", "source")
REPLACED = "replaced"
"""The field with what our webhook replaced at the provider, in the sync's state and in what is kept
of an account that was left."""
DAMAGED = "The record of this connection is damaged ({}); connect the account again."


@dataclass(frozen=True, kw_only=True)
class Connection:
    """`settings` are the provider's own, decrypted; `source` says who made the connection. `facts`
    are its record, with all that was noted of it since (connection_facts.py)."""

    id: str
    workspace: str
    provider: str
    label: str
    settings: Mapping[str, Any]
    source: str
    created_ms: int
    account_settings: Sequence[str] = Provider.account_settings
    """The names of the settings that tell one account of the provider from another."""
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    sealed: str = field(default="", repr=False, compare=False)
    """The settings as they are stored; each save seals them again, into another text."""

    @property
    def account_facts(self) -> list[Any]:
        return [self.settings.get(name, "") for name in self.account_settings]


def id_for(workspace: str, provider: str, account: Sequence[Any], *more: int) -> str:
    """The id follows from the account: connected again, also to an emptied store, it is the
    same connection, so its messages keep their ids."""
    facts = [workspace, provider, *account, *more]
    digest = hashlib.sha256(json.dumps(facts).encode()).digest()[:10]
    return "conn_" + base64.b32encode(digest).decode().lower()


def account(connection: Connection) -> str:
    """Names the account that the connection leads to now; another key may change it."""
    return id_for(connection.workspace, connection.provider, connection.account_facts)


def save(
    services: Services, connection: Connection, *, instead_of: Connection | None = None
) -> bool:
    """Store it; False where the one that it is `instead_of` was changed or removed meanwhile."""
    # One step, so that the lists never name a connection that is not there.
    name = keys.connection(connection.id)
    with services.db.pipeline(transaction=True) as pipe:
        if instead_of is not None:
            pipe.watch(name)
            if pipe.hget(name, "sealed") != instead_of.sealed:
                return False
            pipe.multi()
        if instead_of is not None and account(connection) != account(instead_of):
            # Only the list at the provider tells whether it differs at all (registration).
            pipe.hsetnx(keys.sync_state(connection.id), "left", _packed(instead_of))
        pipe.hset(name, mapping=_record(services, connection))
        pipe.zadd(
            keys.workspace_connections(connection.workspace),
            {connection.id: connection.created_ms},
            nx=True,
        )
        pipe.sadd(keys.CONNECTIONS, connection.id)
        pipe.set(keys.connections_stamp(connection.workspace), secrets.token_hex(8))
        try:
            pipe.execute()
        except WatchError:
            return False
    # A caller who gets 503 and tries again finds this connection.
    replicas.confirm(services.db, services.settings.store_replicas, ("EXISTS", name))
    return True


def forget(services: Services, connection: Connection) -> None:
    replaced = services.db.hget(keys.sync_state(connection.id), REPLACED)
    with services.db.pipeline(transaction=True) as pipe:
        owned = keys.connection, keys.sync_state, keys.counts, keys.backfill, keys.account_seen
        pipe.delete(*(key(connection.id) for key in (*owned, keys.permits, keys.lane)))
        queues.LEAVE_QUEUES(lane=connection.id).queue(pipe)
        # Its jobs end now, those for later too: no workspace's backlog counts them any more.
        for waiting in (keys.lane_due(connection.id), keys.lane_asks(connection.id)):
            pipe.zunionstore(waiting, {waiting: 0})
        pipe.zadd(keys.LANES, {connection.id: 0}, lt=True)
        leave(pipe, _packed(connection), replaced)
        since = f"{account(connection)} {connection.created_ms}"
        pipe.set(keys.removed(connection.id), since, ex=lifetimes.REMOVED_SECONDS)
        pipe.zrem(keys.workspace_connections(connection.workspace), connection.id)
        pipe.srem(keys.CONNECTIONS, connection.id)
        pipe.set(keys.connections_stamp(connection.workspace), secrets.token_hex(8))
        pipe.execute()


def leave(pipe: Pipeline, packed: str, replaced: str | None = None) -> None:
    """Owe the provider that our webhook is taken out of an account that a connection has left.

    What the webhook `replaced` there (sealed) is put back."""
    if replaced:
        packed = json.dumps({**json.loads(packed), REPLACED: replaced})
    pipe.zadd(keys.LEFT_ACCOUNTS, {packed: 0})
    pipe.expire(keys.LEFT_ACCOUNTS, lifetimes.LEFT_SECONDS)


def _packed(left: Connection) -> str:
    record = {name: getattr(left, name) for name in (*TEXTS, "created_ms", "sealed")}
    return json.dumps(record)


def by_id(services: Services, connection_id: str) -> Connection | None:
    return _several(services, [connection_id])[0]


def get(services: Services, workspace: str, connection_id: str) -> Connection:
    """NotFound also where it belongs to another workspace."""
    found = by_id(services, connection_id)
    if found is None or found.workspace != workspace:
        raise NotFound("There is no connection with this id in this workspace.")
    return found


def listed(services: Services, workspace: str) -> list[Connection]:
    """The workspace's connections, the first made first."""
    ids = services.db.zrange(keys.workspace_connections(workspace), 0, -1)
    return [each for each in _several(services, ids) if each]


def _several(services: Services, ids: Sequence[str]) -> list[Connection | None]:
    records = damaged.hashes(services.db, [keys.connection(each) for each in ids])
    return [read(services, record) for record in records]


def read(services: Services, record: Mapping[str, str]) -> Connection | None:
    """The connection of a stored record, None where that is empty or cannot be read.

    One such record must not end the process that works for all other connections."""
    try:
        return opened(services, record)
    except (NotFound, SettingsError) as error:
        damaged.note(services.db, keys.connection(record.get("id", "?")), error.message)
    return None


def opened(services: Services, record: Mapping[str, str]) -> Connection | None:
    """The same, None only where the record is empty.

    Raises SettingsError where it is damaged or sealed under another SECRET_KEY, and NotFound where
    only a newer release has its provider.
    """
    try:
        return _connection(services, record) if record.get("sealed") else None
    except damaged.NONSENSE as error:
        raise SettingsError(DAMAGED.format(type(error).__name__)) from error


def is_current(services: Services, connection: Connection) -> bool:
    """Whether the stored connection is still the one that was read."""
    return bool(services.db.hget(keys.connection(connection.id), "sealed") == connection.sealed)


def fitting(
    services: Services,
    every: Sequence[Connection],
    needs: type[Capability] | None,
    wanted: str | None = None,
) -> list[Connection]:
    """Those of `every`, all connections of a workspace, that have the capability. CapabilityMissing
    with the reason where none has; `wanted` narrows to one connection, by its id."""
    chosen = [each for each in every if wanted in (None, "", each.id)]
    if wanted and not chosen:
        raise NotFound("There is no connection with this id in this workspace.")
    if not chosen:
        raise CapabilityMissing("No provider account is connected yet; add one under Connections.")
    fit = [each for each in chosen if can(services, each, needs)]
    if needs and not fit:
        names = sorted({services.catalog.provider(each.provider).label for each in chosen})
        raise CapabilityMissing(
            f"{' and '.join(names)} cannot {needs.lacking};"
            " connect a provider that can, or choose another connection."
        )
    return fit


def can(services: Services, connection: Connection, needs: type[Capability] | None) -> bool:
    kind = services.catalog.providers.get(connection.provider)
    return kind is not None and (needs is None or issubclass(kind, needs))


def make(
    *,
    workspace: str,
    provider: str,
    label: str,
    settings: Mapping[str, Any],
    source: str = API,
    connection_id: str = "",
    account_settings: Sequence[str] = Provider.account_settings,
) -> Connection:
    made = Connection(
        id=connection_id,
        workspace=workspace,
        provider=provider,
        label=label,
        settings=settings,
        source=source,
        created_ms=wall_ms(),
        account_settings=account_settings,
    )
    return made if connection_id else replace(made, id=account(made))


def _record(services: Services, connection: Connection) -> dict[str, str]:
    more = {"sealed": services.vault.seal({**connection.settings}), "account": account(connection)}
    return more | {name: str(getattr(connection, name)) for name in (*TEXTS, "created_ms")}


def _connection(services: Services, record: Mapping[str, str]) -> Connection:
    """Raises NotFound for a provider that this release does not have."""
    kind = services.catalog.provider(record["provider"])
    texts: dict[str, Any] = {name: record[name] for name in TEXTS}
    return Connection(
        **texts,
        settings=services.vault.open(record["sealed"]),
        created_ms=int(record["created_ms"]),
        account_settings=kind.account_settings,
        facts=record,
        sealed=record["sealed"],
    )
