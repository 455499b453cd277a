"""A provider's history that a test writes itself, with ids that join our own or not."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from integration.accounts import connection_cache, gate, pacing
from integration.accounts.connections import Connection
from integration.jobs import accept, claim, finish, ledger, settle
from integration.jobs.accept import AcceptOptions
from integration.jobs.claim import Claim
from integration.jobs.facts import FACTS
from integration.jobs.finish import Ending
from integration.kernel.capabilities import HasHistory, SendsSms
from integration.kernel.errors import ProviderRejected, ProviderUnavailable
from integration.kernel.events import Account, HistoryRow, Sent
from integration.kernel.fields import Inputs
from integration.kernel.outgoing import Outgoing
from integration.kernel.specs import Limit, Provider
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms

PHONE, TEXT, DEVICE = "+14155550123", "Your table is ready", "phone-1"


class History(Provider, SendsSms, HasHistory):
    key, label, help, settings = "history", "History", "Keeps what a test puts there.", Inputs
    base_url, limit = "https://history.example", Limit(requests=1, seconds=1)

    def __init__(self, rows: list[HistoryRow], while_read: Callable[[], None]) -> None:
        self.rows, self.while_read = rows, while_read

    def probe(self) -> Account:
        raise NotImplementedError

    def send_sms(self, text: Outgoing) -> Sent:
        raise NotImplementedError

    def history(
        self, *, device_fingerprint: str | None, phone: str, since: datetime | None
    ) -> list[HistoryRow]:
        found = [row for row in self.rows if since is None or row.at >= since]
        self.while_read()
        return found


def spoil(db: Any, job: str, **changes: object) -> None:
    """Put something else in the place of what a job was accepted with."""
    key = f"hl:job:{job}"
    facts = dict(zip(FACTS, json.loads(db.hget(key, "facts")), strict=True))
    db.hset(key, "facts", json.dumps([*(facts | changes).values()]))


@dataclass
class Desk:
    """Jobs of one text to one number, taken through their life by hand."""

    ANSWERED: ClassVar[timedelta] = timedelta(seconds=60)

    own: Services
    connection: Connection
    rows: list[HistoryRow] = field(default_factory=list)

    def job(self, text: str = TEXT, **more: str) -> str:
        """A new job, accepted as over HTTP."""
        given = {"phone": [PHONE], "message": text, "device_fingerprint": DEVICE}
        return self.accepted(given | more)

    def batch(self, count: int) -> list[str]:
        """Jobs of one text to so many numbers, in their order."""
        phones = [f"+1415555{number:04d}" for number in range(count)]
        self.accepted({"phone": phones, "message": TEXT, "device_fingerprint": DEVICE})
        newest = self.own.db.lrange(keys.jobs(self.connection.workspace), 0, count - 1)
        return list(newest)[::-1]

    def accepted(self, values: Mapping[str, Any]) -> str:
        """The job of this text, or the first of its batch."""
        action = self.own.catalog.action("send_sms")
        stamp = connection_cache.of(self.own, self.connection.workspace).stamp
        options = AcceptOptions(stamp=stamp, backlog=1000, pepper=pacing.pepper(self.own))
        command = accept.command(self.connection, action, values, options)
        assert command.call(gate.ADMITTED).run(self.own.db)[3:] == ["made", ""]
        return command.jobs[0].id

    def waiting(self) -> list[str]:
        """The jobs that have a wake-up in RQ's queue."""
        return list(self.own.db.lrange(keys.rq_waiting(keys.RQ_ACTIONS), 0, -1))

    def lose(self, *jobs: str) -> None:
        """Empty RQ's queue, long after these jobs were woken."""
        self.own.db.delete(keys.rq_waiting(keys.RQ_ACTIONS))
        self.passed(*jobs)

    def passed(self, *jobs: str) -> None:
        """Let their places in the lane be due for the sweep."""
        self.own.db.zadd(keys.lane_out(self.connection.id), dict.fromkeys(jobs, 0))
        self.own.db.zadd(keys.LANES, {self.connection.id: 0})

    def claim(self, job: str) -> Claim:
        held = claim.claim(self.own, job, secrets.token_hex(8))
        assert held
        return held

    def row(
        self,
        number: str,
        ago: timedelta = timedelta(),
        status: str = "sent",
        **other: Any,
    ) -> None:
        usual = {"direction": "outbound", "phone": PHONE, "message": TEXT, "sim_slot": "SIM1"}
        row: dict[str, Any] = {**usual, "status": status, "raw_status": status, **other}
        at = datetime.now(UTC) - ago
        self.rows.append(HistoryRow(provider_id=number, at=at, **row))

    def sent(self, held: Claim, number: str, ago: timedelta = ANSWERED) -> None:
        """Record the answer as if it had come that long ago."""
        ending = Ending(
            status="sent", message="Sent.", outcome="sent", detail="Sent.", provider_id=number
        )
        assert finish.finish(self.own, held, ending)
        self.moved(held.job.id, ago)

    def moved(self, job: str, ago: timedelta) -> None:
        """Date the record's attempts back."""
        key = f"hl:job:{job}"
        found = ledger.by_id(self.own, job)
        assert found
        at = (datetime.now(UTC) - ago).isoformat()
        moved = self.own.db.hget(key, "attempts").replace(found.attempts[-1]["at"], at)
        self.own.db.hset(key, "attempts", moved)

    def lost(self, held: Claim, ago_ms: int = 60_000, detail: str = "?") -> None:
        """The answer was lost so long ago, and it is time to ask."""
        ending = Ending(
            status="sending",
            message="?",
            outcome="unknown",
            detail=detail,
            ends_ms=now_ms() - ago_ms,
        )
        assert finish.finish(self.own, held, ending)

    def again(self, job: str) -> None:
        """Let the time come to ask again."""
        self.own.db.zadd("hl:jobs:leased", {job: 0})

    @staticmethod
    def away() -> None:
        """What a history says that cannot be read just now."""
        raise ProviderUnavailable("It cannot be reached.")

    @staticmethod
    def refused(status: int) -> Callable[[], None]:
        """What a history says that refuses to be read."""

        def refuse() -> None:
            raise ProviderRejected("No.", upstream_status=status)

        return refuse

    def asked(self, job: str, while_read: Callable[[], None] = lambda: None) -> Ending:
        """What the history says of a job whose answer was lost."""
        held = self.claim(job)
        assert held.mode == "settle"
        action = self.own.catalog.action("send_sms")
        ending = settle.outcome(self.own, held, action, History(self.rows, while_read))
        assert finish.finish(self.own, held, ending)
        return ending
