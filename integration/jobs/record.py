"""The record of a job, and how it is read: what is damaged gets a harmless value and is named.

What a job was accepted with is one field, `facts` (facts.py), which only failover changes
(move.lua). What happens to the job later is in small fields beside it.

One damaged record must neither end the process that meets it nor hide the jobs listed beside it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integration.jobs.facts import FACTS, FIRST_FACTS, TOO_LONG
from integration.kernel.times import parse_strict

SETTLED = ("sent", "delivered", "failed", "unknown", "cancelled")
STATUSES = ("scheduled", "queued", "sending", *SETTLED)
WORD = re.compile(r"[a-z][a-z-]*")
SAID = {"queued": "Queued.", "scheduled": "Scheduled.", "sending": "Being sent.", "sent": "Sent."}
SAID |= {"delivered": "Delivered."}
"""What is said of a job in whose record no more stands."""
TOOK = "The provider took it."
PLAIN = {"outcome": "sent", "detail": TOOK}
"""What is not kept of an attempt that ended so: its time is enough."""
AGAIN = ("queued", "scheduled")
"""The outcomes of entries by which somebody asked for the job again."""
CLOSED = "closed"
"""The outcome of an attempt of which somebody says that its text arrived."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as the ledger has it; `first_ms`, `ends_ms` and `due_ms` are of `now_ms`, the
    others of `wall_ms`."""

    id: str
    workspace: str
    action: str
    status: str
    input: Mapping[str, Any]
    connection: str
    provider: str
    created_ms: int
    updated_ms: int
    first_ms: int
    message: str
    batch_id: str | None
    segments: int | None
    equal: str
    request_id: str = ""
    """Of the call that asked for it; "" for a job of a release that did not keep it."""
    provider_id: str | None = None
    attempts: Sequence[Mapping[str, Any]] = ()
    receipts: Sequence[Mapping[str, Any]] = ()
    error: Mapping[str, Any] | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    ends_ms: int = 0
    """Until when its last call may have taken effect: when its answer was lost, or the hard end of
    a call whose process died."""
    due_ms: int = 0
    """When it may start, of `now_ms`; 0 for at once."""
    lost_ms: int = 0
    """When the first call was lost that may have arrived, while it is asked for again under the
    same reference; 0 for all other jobs. Such a job waits, and counts as `sending`."""
    account: str | None = None
    """Digest of the account that the last call went to; "" where the connection's record had none.
    None is for a call of a release that did not note it."""
    running: bool = False
    """Whether some process is making the upstream call right now, or died while it did."""
    past: str = ""
    """Why a job that waited is looked up first: the store was put back, `proved` or `unsure`."""
    met: str = ""
    """The job that has the same text to the same number, for which this one is refused."""
    legs: Mapping[str, Any] = field(default_factory=dict)
    """What it may go on through, {} where it has its connection alone; see legs.py."""
    waiting: Mapping[str, Any] | None = None
    """What it waits for, as the API shows it, where that was asked (paced.py)."""
    damaged: Sequence[str] = ()
    """Fields of the record that cannot be read; such a job is never sent."""


def read(job_id: str, stored: Mapping[str, str]) -> Job:
    """The job, whatever its record holds; nothing is raised."""
    record = Reader(stored)
    facts = record.facts()
    status, lost_ms = record.word("status", STATUSES, "unknown"), record.number("lost_ms")
    if lost_ms and status == "queued":
        status = "sending"
    return Job(
        id=job_id,
        status=status,
        **facts,
        request_id=stored.get("request_id", ""),
        updated_ms=record.number("updated_ms", facts["created_ms"]),
        first_ms=record.number("first_ms", facts["created_ms"]),
        provider_id=stored.get("provider_id") or None,
        message=stored.get("message") or SAID.get(status, ""),
        attempts=record.entries("attempts", ("at", *PLAIN), PLAIN),
        receipts=record.entries("receipts", ("at", "status")),
        error=record.members("error") or None,
        result=record.members("result"),
        ends_ms=record.number("ends_ms"),
        due_ms=record.number("due_ms"),
        lost_ms=lost_ms,
        account=stored.get("account"),
        running="token" in stored and stored.get("mode") == "send",
        past=stored.get("past", ""),
        met=stored.get("met", ""),
        legs=record.members("legs"),
        damaged=tuple(record.damaged),
    )


def written(job: Job) -> str:
    """The `facts` of a job."""
    return packed([getattr(job, name) for name in FACTS])


def attempt(entry: Mapping[str, Any]) -> str:
    """One of the `attempts`."""
    at = {"at": entry["at"]}
    return packed(at if entry == at | PLAIN else entry)


def starts_ms(values: Mapping[str, Any]) -> float:
    """When the job is to start, in milliseconds by the wall clock; 0 for at once."""
    at = values.get("schedule_at")
    return parse_strict(at).timestamp() * 1000 if at else 0


def asked_ms(job: Job) -> float:
    """When the job could be sent at the earliest: after its acceptance, its time and a retry."""
    return max(job.created_ms, starts_ms(job.input), retried_ms(job))


def retried_ms(job: Job) -> float:
    """When somebody last asked for the job to be done again; 0 for never."""
    again = [each["at"] for each in job.attempts if each["outcome"] in AGAIN]
    return parse_strict(again[-1]).timestamp() * 1000 if again else 0


def reference(job: Job) -> str:
    """Our name of the send at its provider: another one after a retry by hand, which sends again
    what may have been sent before."""
    again = retried_ms(job)
    return f"{job.id}-{int(again // 1000):x}" if again else job.id


packed = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON as records hold it."""


class Reader:
    """Takes a record's fields one by one; `damaged` names those that could not be read."""

    def __init__(self, record: Mapping[str, str]) -> None:
        self.record = record
        self.damaged: list[str] = []

    def facts(self) -> dict[str, Any]:
        found = _parsed(self.record.get("facts", ""))
        missing = {name: otherwise for name, (_, otherwise) in FACTS.items()}
        if not isinstance(found, list) or len(found) < FIRST_FACTS:
            self.damaged.append("facts")
            return missing
        # An older release wrote fewer facts, a newer one appends more.
        pairs = zip(FACTS, found, strict=False)
        return missing | {name: self._sound(name, value) for name, value in pairs}

    def _sound(self, name: str, value: Any) -> Any:
        is_sound, otherwise = FACTS[name]
        if is_sound(value):
            return value
        self.damaged.append(name)
        return otherwise

    def word(self, name: str, known: tuple[str, ...], otherwise: str) -> str:
        """`otherwise` for a word that is not known; a newer release's word is no damage."""
        found = self.record.get(name, "")
        if found in known:
            return found
        if not WORD.fullmatch(found):
            self.damaged.append(name)
        return otherwise

    def number(self, name: str, otherwise: int = 0) -> int:
        """`otherwise` also where the field is missing, which is no damage."""
        found = self.record.get(name)
        if not found:
            return otherwise
        if found.isascii() and found.isdecimal() and len(found) < TOO_LONG:
            return int(found)
        self.damaged.append(name)
        return otherwise

    def members(self, name: str) -> dict[str, Any]:
        """A JSON object; an empty one where the field is missing."""
        text = self.record.get(name)
        if not text:
            return {}
        found = _parsed(text)
        if isinstance(found, dict):
            return found
        self.damaged.append(name)
        return {}

    def entries(
        self, name: str, members: Sequence[str], otherwise: Mapping[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """JSON objects between commas, as scripts append them; each has these members, `otherwise`
        being what stands for those that were not kept."""
        text = self.record.get(name)
        if not text:
            return []
        found = _parsed(f"[{text}]")
        if isinstance(found, list) and all(isinstance(each, dict) for each in found):
            whole = [{**each, **(otherwise or {}), **each} for each in found]
            if all(isinstance(each.get(member), str) for each in whole for member in members):
                return whole
        self.damaged.append(name)
        return []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
