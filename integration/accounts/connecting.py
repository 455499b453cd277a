"""Connecting: which connection an account gets, and changes of one that do not lose each other.

The id of a connection follows from the account that it was made for. A new key may lead to a
different account. So an account is found by what a connection holds now, never by the id.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from integration.accounts import belongings, connections
from integration.accounts.connections import Connection
from integration.kernel import base_url
from integration.kernel.errors import Conflict
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.clock import wall_ms

TRIES = 50


def connect(services: Services, wanted: Connection) -> tuple[Connection, bool]:
    """The workspace's connection to this account, and whether it was made now."""
    usual = services.catalog.provider(wanted.provider).base_url
    for each in connections.listed(services, wanted.workspace):
        if is_account(each, wanted, usual):
            return each, False
    made = replace(wanted, id=_free_id(services, wanted))
    add(services, made)
    return connections.get(services, made.workspace, made.id), True


def is_account(one: Connection, other: Connection, usual: str) -> bool:
    """Whether both lead to one account, however their base URLs are written."""

    def told_apart(name: str) -> bool:
        own, its = one.settings.get(name), other.settings.get(name)
        if name == "base_url":
            return not base_url.same(own, its, usual)
        return (own or "") != (its or "")

    return one.provider == other.provider and not any(map(told_apart, other.account_settings))


def add(services: Services, added: Connection) -> None:
    """Store a new connection. For readers that the workspace has, its history is no news.

    One that was removed a moment ago goes on where it was: what nobody had read yet is still news.
    What is known of its messages is kept, for as long as messages are.
    """
    if services.db.exists(keys.reader(added.workspace)):
        services.db.hset(keys.sync_state(added.id), "added", 1)
    account, _, since = (services.db.get(keys.removed(added.id)) or "").partition(" ")
    if account == connections.account(added):
        oldest = added.created_ms - services.settings.retention_days * lifetimes.DAY_MS
        added = replace(added, created_ms=max(int(since), oldest))
    connections.save(services, added)


def change(
    services: Services,
    workspace: str,
    connection_id: str,
    merged: Callable[[Connection], Connection],
) -> Connection:
    """Store what `merged` makes of the connection, however many others change it meanwhile."""
    for _ in range(TRIES):
        old = connections.get(services, workspace, connection_id)
        new = replace(merged(old), created_ms=old.created_ms)
        moved = connections.account(new) != connections.account(old)
        if moved:
            new = replace(new, created_ms=_known_until(services, old))
        if connections.save(services, new, instead_of=old):
            if moved:
                _forget_account(services, new)
            return connections.get(services, workspace, connection_id)
    raise Conflict("Others are changing this connection right now; try again.")


def _free_id(services: Services, wanted: Connection) -> str:
    """That of the account, unless a connection has it whose key was changed to another account."""
    for number in count():
        more = (number,) if number else ()
        found = connections.id_for(wanted.workspace, wanted.provider, wanted.account_facts, *more)
        if not services.db.exists(keys.connection(found)):
            return found
    raise AssertionError("there is always a number more")


def _known_until(services: Services, old: Connection) -> int:
    """Until when the messages of a connection are known (ms). What a new key shows from before is
    history and no news. It may be the same account, which missed something since."""
    synced = services.db.hget(keys.sync_state(old.id), "synced_ms")
    return max(old.created_ms, int(synced or wall_ms()))


def _forget_account(services: Services, new: Connection) -> None:
    """What was known of the old key alone: its limit, its phones, and when to try again."""
    state = keys.sync_state(new.id)
    looks = "look_ms", "look_failed", "look_passes"
    services.db.hdel(state, *looks, "tried_ms", "failed", "counted_ms", "unbased_ms")
    gone = keys.permits, keys.counts, keys.backfill, keys.account_seen
    services.db.delete(*(key(new.id) for key in gone))
    belongings.forget(services, new.id)
