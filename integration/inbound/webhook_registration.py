"""Registration: our ingress address in the provider's webhook list, and nobody else's touched.

A write replaces the provider's whole list. So we read it, change our own entry only, write it and
read it back, under a lock that all our processes share. Somebody else may write it at any time.
So we look again within a minute.
"""

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from integration.accounts import connection_facts, connections
from integration.accounts.connections import Connection
from integration.accounts.provider_link import REQUEST_SECONDS, link
from integration.inbound import ingress_address
from integration.kernel.capabilities import RegistersWebhooks
from integration.kernel.errors import ProviderError, ProviderRejected, SettingsError
from integration.kernel.events import UpstreamHook
from integration.runtime.at_once import at_once
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import alone
from integration.store.clock import now_ms

log = logging.getLogger(__name__)
LOOK_MS = 45_000
PAUSES_MS = (15_000, 45_000, 135_000, 405_000, 900_000)
"""After each failure in a row. The first try takes three calls, each later one two."""
PATIENCE = 1.5
"""Seconds that a request waits for registrations; what takes longer goes on behind it."""
WITHDRAW_SECONDS = 4.0
LEAVE_MS, FEW, MOST_TRIES = 5_000, 4, 100
"""How often accounts are left, how many at once, and how often one is tried: for a day."""
REGISTERED, OFF, INACTIVE = "registered", "off", "inactive"
NOT_KEPT, FAILING = "not-kept", "failing"
TOLD = {
    INACTIVE: "The provider's webhook list has our address switched off; polling serves until it is"
    " switched on there.",
    NOT_KEPT: "The provider's webhook list does not keep our address; polling serves, and we try"
    " again.",
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`wanted` is the address to be there, "" where none is. `before` is the one that we wrote,
    None where that is not known. `failed` counts the failures in a row. `left` is the account
    before this one, while nobody knows whether they differ."""

    wanted: str
    before: str | None
    failed: int = 0
    due_ms: int = 0
    left: str | None = None


def reconcile(services: Services, workspace: str) -> None:
    """Look at all accounts of the workspace where that is due, for a caller who waits a little."""
    found = connections.listed(services, workspace)
    at_once([lambda each=each: turn(services, each) for each in found], PATIENCE)  # type: ignore[misc]  # bound now


def turn(services: Services, connection: Connection) -> None:
    """Register us while the workspace has a hook or somebody who polls, and take us away after.

    Asks the provider only where that is due. A failure is noted on the connection, and tried again
    after a pause.
    """
    if _is_able(services, connection):
        plan = _plan(services, connection)
        if plan.due_ms <= now_ms():
            _settle(services, connection, plan)


def leave(services: Services, _: str) -> int:
    """Take our entry out of accounts that connections have left: their texts would still come in.

    Returns when to come again (ms). A provider that is away is asked for a day.
    """
    for packed in services.db.zrangebyscore(keys.LEFT_ACCOUNTS, "-inf", now_ms(), 0, FEW):
        record = json.loads(packed)
        old = connections.read(services, record)
        tried = record.pop("tried", 0)
        with services.db.pipeline(transaction=True) as pipe:
            if not (old and _has_left(services, old)) and tried < MOST_TRIES:
                again = json.dumps({**record, "tried": tried + 1})
                pipe.zadd(
                    keys.LEFT_ACCOUNTS,
                    {again: now_ms() + PAUSES_MS[min(tried, len(PAUSES_MS) - 1)]},
                )
            pipe.zrem(keys.LEFT_ACCOUNTS, packed)
            pipe.execute()
    return now_ms() + LEAVE_MS


def _has_left(services: Services, old: Connection) -> bool:
    """Whether nothing of ours is in the account any more, or nobody can take it out."""
    now = connections.by_id(services, old.id)
    if not _is_able(services, old) or (
        now and connections.account(now) == connections.account(old)
    ):
        return True
    lock = keys.registration_lock(connections.id_for("", old.provider, old.settings))
    try:
        with alone(services.db, lock, lifetimes.REGISTRATION_LOCK_SECONDS) as mine:
            gone = Plan(wanted="", before=None)
            return mine and _state(services, old, gone, WITHDRAW_SECONDS) == OFF
    except ProviderError as error:
        log.warning("the account that %s left keeps our webhook: %s", old.id, error.code)
        return isinstance(error, ProviderRejected)


def _is_able(services: Services, connection: Connection) -> bool:
    able = connections.can(services, connection, RegistersWebhooks)
    return able and bool(services.settings.public_url)


def _plan(services: Services, connection: Connection) -> Plan:
    with services.db.pipeline(transaction=False) as pipe:
        pipe.hlen(keys.hooks(connection.workspace))
        pipe.exists(keys.reader(connection.workspace))
        pipe.hmget(keys.sync_state(connection.id), "registered", "look_ms", "look_failed", "left")
        hooks, readers, (sealed, look_ms, failed, left) = pipe.execute()
    wanted = ingress_address.url(services, connection) if hooks or readers else ""
    before, look, count = _opened(services, sealed), int(look_ms or 0), int(failed or 0)
    if not count and before != wanted:
        look = 0
    elif not count and not wanted:
        look = now_ms() + LOOK_MS
    return Plan(wanted=wanted, before=before, failed=count, due_ms=look, left=left)


def _opened(services: Services, sealed: str | None) -> str | None:
    # Sealed: a reader of the store could call the address in the provider's name.
    try:
        return services.vault.open(sealed) if sealed else sealed
    except SettingsError:
        return None


def _settle(
    services: Services, connection: Connection, plan: Plan, within: float = REQUEST_SECONDS
) -> None:
    # By account: the connections of two workspaces to one account would write over each other.
    account = connections.id_for("", connection.provider, connection.settings)
    lock = keys.registration_lock(account)
    with alone(services.db, lock, lifetimes.REGISTRATION_LOCK_SECONDS) as mine:
        if not mine:
            return
        try:
            state = _state(services, connection, plan, within)
            _note(services, connection, plan, state, TOLD.get(state, ""))
        except ProviderError as error:
            log.warning("webhook registration of %s failed: %s", connection.id, error.code)
            _note(services, connection, plan, FAILING, error.message)


def _state(services: Services, connection: Connection, plan: Plan, within: float) -> str:
    """What became of our entry: it is there as it should be, or the provider's list is written."""
    provider = link(services, connection, within=within)
    assert isinstance(provider, RegistersWebhooks)
    # A changed PUBLIC_URL or SECRET_KEY gives a new address; the old entry is ours to remove.
    own = {
        _plain(each) for each in (*ingress_address.urls(services, connection), plan.before or "")
    }
    found = provider.webhooks()
    if plan.left:
        same = any(_plain(each.url) in own for each in found)
        _tell_left(services, connection, plan.left, same=same)
    wanted = _corrected(found, own, plan.wanted)
    if list(found) != wanted:
        provider.set_webhooks(wanted)
        if plan.failed:
            # It was read back in vain before: the next look tells, and saves a call now.
            return NOT_KEPT
        found = provider.webhooks()
        if list(found) != _corrected(found, own, plan.wanted):
            return NOT_KEPT
    ours = [each.active for each in found if _plain(each.url) in own]
    return OFF if not ours else REGISTERED if ours[0] else INACTIVE


def _tell_left(services: Services, connection: Connection, left: str, *, same: bool) -> None:
    """A new key may lead to the same account. Then the list that it shows has our entry already,
    and keeps it."""
    with services.db.pipeline(transaction=True) as pipe:
        if not same:
            connections.leave(pipe, left)
        pipe.hdel(keys.sync_state(connection.id), "left")
        pipe.execute()


def _corrected(
    found: Sequence[UpstreamHook], own: Collection[str], wanted: str
) -> list[UpstreamHook]:
    """The list with our wanted entry once, as the user set it, and all others as they are."""
    ours = [each for each in found if wanted and _plain(each.url) == _plain(wanted)][:1]
    others = [each for each in found if _plain(each.url) not in own]
    kept = [each for each in found if any(each is one for one in [*others, *ours])]
    return kept if ours or not wanted else [*kept, UpstreamHook(url=wanted, active=True)]


def _plain(url: str) -> str:
    """Providers may write an address a little differently."""
    return unquote(url).strip().rstrip("/").casefold()


def _note(services: Services, connection: Connection, plan: Plan, state: str, detail: str) -> None:
    """Record how it went, and when to look again."""
    bad = state in (NOT_KEPT, FAILING)
    pause = PAUSES_MS[min(plan.failed, len(PAUSES_MS) - 1)] if bad else LOOK_MS
    fields: dict[str, str | int] = {"look_ms": now_ms() + pause}
    fields["look_failed"] = plan.failed + 1 if bad else 0
    if not bad:
        fields["registered"] = services.vault.seal(plan.wanted) if plan.wanted else ""
    services.db.hset(keys.sync_state(connection.id), mapping=fields)
    again = bad and plan.failed > 0
    connection_facts.note_webhook(services, connection, state, detail, again=again)
