"""Leaving: our address is taken out of accounts that connections have left."""

import json
import logging

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import webhook_registration
from integration.inbound.registration_plan import GONE, OFF, PAUSES_MS
from integration.inbound.registration_replaced import Replaced, of_left
from integration.kernel.errors import ProviderError, ProviderRejected
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms

log = logging.getLogger(__name__)
WITHDRAW_SECONDS = 4.0
LEAVE_MS, FEW, MOST_TRIES = 5_000, 4, 100
"""How often accounts are left, how many at once, and how often one is tried: for a day."""


def leave(services: Services, _: str) -> int:
    """Take our entry out of accounts that connections have left: their texts would still come in.

    Returns when to come again (ms). A provider that is away is asked for a day.
    """
    for packed in services.db.zrangebyscore(keys.LEFT_ACCOUNTS, "-inf", now_ms(), 0, FEW):
        record = json.loads(packed)
        old = connections.read(services, record)
        tried = record.pop("tried", 0)
        stood = record.get(connections.REPLACED)
        with services.db.pipeline(transaction=True) as pipe:
            if not (old and _has_left(services, old, stood)) and tried < MOST_TRIES:
                again = json.dumps({**record, "tried": tried + 1})
                pipe.zadd(
                    keys.LEFT_ACCOUNTS,
                    {again: now_ms() + PAUSES_MS[min(tried, len(PAUSES_MS) - 1)]},
                )
            pipe.zrem(keys.LEFT_ACCOUNTS, packed)
            pipe.execute()
    return now_ms() + LEAVE_MS


def _has_left(services: Services, old: Connection, stood: str | None) -> bool:
    """Whether nothing of ours is in the account any more, or nobody can take it out. `stood` is
    what our entries replaced there, sealed."""
    if not webhook_registration.is_able(services, old):
        return True
    now = connections.by_id(services, old.id)
    if now and connections.account(now) == connections.account(old):
        if stood:
            services.db.hsetnx(keys.sync_state(now.id), connections.REPLACED, stood)
        return True
    replaced = of_left(services, stood)
    try:
        with webhook_registration.locked(services, old) as mine:
            return mine and _withdrawn(services, old, replaced)
    except ProviderError as error:
        log.warning("the account that %s left keeps our webhook: %s", old.id, error.code)
        return isinstance(error, ProviderRejected)


def _withdrawn(services: Services, old: Connection, replaced: Replaced) -> bool:
    left = webhook_registration.state(services, old, GONE, WITHDRAW_SECONDS, replaced)
    return left.state == OFF
