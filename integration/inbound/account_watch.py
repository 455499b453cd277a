"""Watch: look at phones and balances while somebody listens, and turn what changed into events."""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from integration.accounts import connection_facts, connections
from integration.accounts.connections import Connection
from integration.accounts.provider_link import REQUEST_SECONDS, link
from integration.hooks import subscriptions
from integration.inbound import identity
from integration.inbound.account_changes import SOURCES, Fact
from integration.kernel import times
from integration.kernel.errors import LimitUsedUp, ProviderError
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import alone
from integration.store.clock import now_ms, wall_ms
from integration.store.script import Rows, script

log = logging.getLogger(__name__)
LOOKED, BASED = "looked_ms", "based"
FACT = "="
"""Begins the name of a fact in the stored hash, beside the two names above."""
DOUBTED = "?"
"""Begins the name of one that the last look did not find."""


class Change(NamedTuple):
    """One fact as the last look recorded it and as this one found it, "" where it is not there.

    `event` is the event as JSON, "" for a change without one.
    """

    name: str
    before: str
    now: str
    event: str = ""


@script("record_change")
def RECORD_CHANGE(
    *, watched: str, inbox: str, hooks: str, member: str, facts: Rows[Change]
) -> None:
    """Record what a look showed, and its events; a drain reads the wake list."""


def listen(services: Services, workspace: str, kind: str) -> None:
    """Note that a platform listens to this kind of event."""
    services.db.set(keys.listened(workspace, kind), 1, ex=lifetimes.READER_SECONDS)


def renew(services: Services, workspace: str) -> None:
    """Go on listening for the workspace's hooks, which ask for nothing by themselves."""
    triggers = {each.trigger for each in subscriptions.listed(services, workspace)}
    for kind in {services.catalog.trigger(each).kind for each in triggers} & set(SOURCES):
        listen(services, workspace, kind)


def turn(services: Services, connection: Connection) -> int:
    """Look where a platform listens and the last look is too old; returns when to come again (ms).

    A platform may begin to listen at any time.
    """
    for kind in SOURCES:
        if services.db.exists(keys.listened(connection.workspace, kind)):
            look(services, connection, kind)
    return now_ms() + services.settings.sync_interval * 1000


def look(
    services: Services, connection: Connection, kind: str, within: float = REQUEST_SECONDS
) -> None:
    """Look at an account that can show such facts, where the last look is too old.

    A connection's very first look makes no events; a provider that fails is noted on its
    connection.
    """
    if not connections.can(services, connection, SOURCES[kind].needs):
        return
    known = services.db.hgetall(keys.watched(connection.id, kind))
    seconds = SOURCES[kind].turns * services.settings.sync_interval
    if now_ms() - int(known.get(LOOKED, 0)) < seconds * 1000:
        return
    lock = keys.watch_lock(connection.id, kind)
    with alone(services.db, lock, lifetimes.WATCH_LOCK_SECONDS) as mine:
        if mine:
            _record(services, connection, kind, known, _seen(services, connection, kind, within))


def _seen(
    services: Services, connection: Connection, kind: str, within: float
) -> Mapping[str, Fact] | None:
    try:
        return SOURCES[kind].look(link(services, connection, within=within))
    except ProviderError as error:
        if not isinstance(error, LimitUsedUp):
            connection_facts.mark(services, connection, error.message)
        log.warning("a look at the %s of %s failed: %s", kind, connection.id, error.code)
        return None


def _record(
    services: Services,
    connection: Connection,
    kind: str,
    known: Mapping[str, str],
    seen: Mapping[str, Fact] | None,
) -> None:
    facts = [Change(LOOKED, known.get(LOOKED, ""), str(now_ms()))]
    if seen is not None:
        facts.append(Change(BASED, known.get(BASED, ""), "1"))
        facts += _changes(connection, kind, known, seen)
    RECORD_CHANGE(
        watched=keys.watched(connection.id, kind),
        inbox=keys.inbox(connection.workspace, kind),
        hooks=keys.hooks(connection.workspace),
        member=f"{connection.workspace} {kind}",
        facts=facts,
    ).run(services.db)


def _changes(
    connection: Connection, kind: str, known: Mapping[str, str], seen: Mapping[str, Fact]
) -> Iterator[Change]:
    """The facts that differ from the last look. What is missing once is only looked at again."""
    names = {name.removeprefix(FACT) for name in known if name.startswith(FACT)} | set(seen)
    for name in sorted(names):
        old, fact = known.get(FACT + name, ""), seen.get(name)
        new = json.dumps(fact, ensure_ascii=False) if fact else ""
        doubted = known.get(DOUBTED + name, "")
        if bool(doubted) == bool(new):
            yield Change(DOUBTED + name, doubted, "" if doubted else "1")
        if new != old and (new or doubted):
            event = _event(connection, kind, name, old, fact) if BASED in known else ""
            yield Change(FACT + name, old, new, event)


def _event(connection: Connection, kind: str, name: str, old: str, fact: Fact | None) -> str:
    body = SOURCES[kind].event(connection, name, json.loads(old or "{}"), fact or {})
    if body is None:
        return ""
    at = times.from_ms(wall_ms())
    own_id = SOURCES[kind].prefix + identity.name([connection.id, name, at, json.dumps(body)]).text
    return json.dumps({"id": own_id, **body, "changed_at": at}, ensure_ascii=False)
