"""One message that every hook is owed, and waiting until each of them has been tried."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, datetime

from integration.accounts.connections import Connection
from integration.hooks.record import Hook
from integration.kernel.events import InboundMessage
from proofs.attacks.outbound_stack import Attacker, side_by_side

PATIENCE = 90.0


def message(text: str = "Your table is ready") -> InboundMessage:
    now = datetime.now(UTC)
    return InboundMessage(
        provider_id=f"{now.timestamp()}",
        phone="+14155550123",
        message=text,
        received_at=now,
    )


def deliver(attacker: Attacker, connection: Connection, planted: Collection[Hook]) -> int:
    """Let one message arrive; how many of the hooks were tried at least once for it."""
    attacker.receive(connection, message())
    left = {hook.id for hook in planted}
    limit = time.monotonic() + PATIENCE
    while left and time.monotonic() < limit:
        names = sorted(left)
        tried = side_by_side(attacker.attempts, names)
        left -= {name for name, attempts in zip(names, tried, strict=True) if attempts}
        time.sleep(0.2)
    return len(planted) - len(left)
