"""A desk whose connection is paced, and whose time a test moves on."""

from __future__ import annotations

from typing import Any

from integration.accounts import connection_cache, connections, pacing
from integration.jobs import perform, sweep
from integration.jobs.finish import Ending
from integration.jobs.ledger import by_id, explained
from integration.jobs.record import Job
from integration.store import clock, keys
from tests.jobs.history import DEVICE, PHONE, Desk
from tests.jobs.lane_desk import ended, looked, taken

OTHER_DEVICE = "phone-2"
PEOPLE = [f"+1415555{number:04d}" for number in range(9)]
LONG = "a" * 161
"""A text of two parts."""
FAILED = Ending(status="failed", message="No.", outcome="rejected", detail="No.")


class PacedDesk(Desk):
    def pace(self, **rules: Any) -> None:
        self.change(pacing.checked(rules))

    def change(self, rules: dict[str, Any] | None) -> None:
        found = connections.by_id(self.own, self.connection.id)
        assert found
        pacing.change(self.own, found, rules)
        connection_cache.forget(self.own, self.connection.workspace)

    def text(
        self, phone: str = PHONE, device: str = DEVICE, text: str = "Hello", **more: str
    ) -> str:
        given = {"phone": [phone], "message": text, "device_fingerprint": device}
        return self.accepted(given | more)

    def later(self, seconds: float) -> None:
        """Let time pass for all, and the sweep look at what is due then."""
        self.own.db.hincrby(keys.CLOCK, "steady", int(seconds * 1000))
        clock.agree(self.own.db)
        sweep.sweep(self.own)

    def goes(self) -> list[str]:
        """Send all that may go now; returns their jobs in this order."""
        found = []
        looked(self)
        while self.waiting():
            found.append(ended(self, taken(self)))
            looked(self)
        return found

    def run(self) -> str:
        """Let a worker take the next wake-up."""
        job = str(self.own.db.lpop(keys.rq_waiting(keys.RQ_ACTIONS)))
        perform.run(job)
        return job

    def seen(self, job: str) -> Job:
        found = by_id(self.own, job)
        assert found
        [told] = explained(self.own, [found])
        return told
