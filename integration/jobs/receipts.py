"""Receipts: what a provider says of a message after it took it."""

from __future__ import annotations

import json

from integration.accounts.connections import Connection
from integration.jobs import tell
from integration.kernel import times
from integration.kernel.events import Receipt
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import Script
from integration.store.clock import wall_ms

RECEIVE = Script(
    __file__, "decode_facts", "status_events", "apply_receipt", "provider_ids", "receive_receipt"
)


def receive(services: Services, connection: Connection, receipt: Receipt) -> str:
    """Apply a receipt, or park it until its send is recorded; says which: "applied", "noted"
    (an older status), "repeated" or "parked"."""
    entry = {
        "at": times.rfc3339(receipt.at),
        "status": receipt.raw,
        "reason": receipt.reason,
    }
    slots = [
        keys.references.prefix + connection.id,
        keys.parked(connection.id, receipt.provider_id),
        *tell.slots(connection.workspace, message=True),
    ]
    now = wall_ms()
    text = json.dumps(entry, ensure_ascii=False)
    args = [
        receipt.status,
        text,
        now,
        keys.job.prefix,
        lifetimes.PARKED_SECONDS,
        receipt.provider_id,
    ]
    args += tell.args(connection.workspace, now)
    outcome: str = RECEIVE.run(services.db, slots, args)[0]
    return outcome
