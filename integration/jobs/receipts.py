"""Receipts: what a provider says of a message after it took it."""

import json
import logging
from typing import Unpack

from integration.accounts.connections import Connection
from integration.jobs import ledger, opted_out
from integration.jobs.status_events import StatusEvents
from integration.kernel import times
from integration.kernel.catalog import dashed
from integration.kernel.events import Receipt
from integration.runtime.logs import tell
from integration.services import Services
from integration.store import replicas
from integration.store.clock import wall_ms
from integration.store.script import script

log = logging.getLogger("hookline.jobs")


@script(
    "decode_facts",
    "statuses",
    "store/tally",
    "status_events",
    "apply_receipt",
    "provider_ids",
    "receive_receipt",
)
def RECEIVE(
    *,
    connection: str,
    provider_id: str,
    reference: str,
    status: str,
    receipt: str,
    now: int,
    keep_seconds: int,
    **events: Unpack[StatusEvents],
) -> None:
    """Take one delivery receipt."""


def receive(services: Services, connection: Connection, receipt: Receipt) -> str:
    """Apply a receipt, or park it until its send is recorded; says which: "applied", "noted"
    (an older status), "repeated" or "parked". One with our reference also settles a job whose
    outcome is unknown, is being looked up, or which is to be sent again."""
    entry = {
        "at": times.rfc3339(receipt.at),
        "status": receipt.raw,
        "reason": receipt.reason,
    }
    now = wall_ms()
    call = RECEIVE(
        connection=connection.id,
        provider_id=receipt.provider_id,
        reference=receipt.reference,
        status=receipt.status,
        receipt=json.dumps(entry, ensure_ascii=False),
        now=now,
        keep_seconds=services.settings.keep_jobs_seconds,
        message=1,
        changed_at=times.from_ms(now),
    )
    outcome: str
    outcome, job = replicas.kept(services.db, call, services.settings.store_replicas)
    if outcome == "applied":
        facts = {"provider": dashed(connection.provider), "connection": connection.id}
        tell(log, logging.INFO, "job", job=job, **facts, status=receipt.status, by="receipt")
    if receipt.opt_out_code:
        _note_opt_out(services, connection, receipt, job)
    return outcome


def _note_opt_out(
    services: Services, connection: Connection, receipt: Receipt, job_id: str
) -> None:
    """Record that the recipient of this job has opted out at the provider. Our reference names the
    job of a receipt that came before its send was recorded."""
    job = ledger.by_id(services, job_id or receipt.reference.partition("-")[0])
    if job and job.connection == connection.id:
        at_ms = min(wall_ms(), int(receipt.at.timestamp() * 1000))
        opted_out.told(services, connection, job, receipt.opt_out_code, at_ms)
