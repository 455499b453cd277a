"""Facts of an account at its provider: its balance, its phones, and how many calls it has left."""

import json
from typing import Any

from integration.accounts.connections import Connection
from integration.kernel import times
from integration.kernel.events import Account, Device
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.clock import as_wall, now_ms, wall_ms
from integration.store.counters import number

MOST_PHONES = 200


def note(services: Services, connection: Connection, account: Account) -> None:
    """Note what the account showed. A phone that it lists no more stays, with when it last did."""
    before, at = seen(services, connection.id) or {"phones": []}, times.from_ms(wall_ms())
    phones = before["phones"]
    if account.phones is not None:
        listed = [_phone(each, at) for each in account.phones]
        known = {each["device_fingerprint"] for each in listed}
        gone = [each for each in phones if each["device_fingerprint"] not in known]
        phones = [*listed, *gone][:MOST_PHONES]
    found = {"at": at, "balance": account.balance, "phones": phones}
    services.db.set(keys.account_seen(connection.id), json.dumps(found), ex=lifetimes.SEEN_SECONDS)


def _phone(device: Device, at: str) -> dict[str, str]:
    return {
        "device_fingerprint": device.device_fingerprint,
        "device_name": device.device_name,
        "status": device.status,
        "selected_sim": device.selected_sim,
        "listed_at": at,
    }


def seen(services: Services, connection_id: str) -> dict[str, Any] | None:
    """What the account last showed; None for one that was not asked in the last weeks."""
    try:
        found = json.loads(services.db.get(keys.account_seen(connection_id)) or "null")
        return found and {each: found[each] for each in ("at", "balance", "phones")}
    except damaged.NONSENSE:
        return None


def limit(services: Services, connection: Connection) -> dict[str, Any]:
    """How many calls the provider allows in how many seconds, and how many are left until when."""
    allowed = services.catalog.provider(connection.provider).limit
    stored = services.db.hmget(keys.permits(connection.id), "most", "count", "ends", "blocked")
    most, count, ends, blocked = (number(each or "0") or 0 for each in stored)
    calls, now = most or allowed.requests, now_ms()
    left, until = (calls - count, ends) if ends > now else (calls, 0)
    if blocked > now:
        left, until = 0, blocked
    return {
        "calls": calls,
        "seconds": allowed.seconds,
        "left": max(0, left),
        "renewed_at": times.from_ms(as_wall(until)) if until else None,
    }
