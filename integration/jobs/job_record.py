"""The record of a job, and how it is read: what is damaged gets a harmless value and is named.

One damaged record must neither end the process that meets it nor hide the jobs listed beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TEXTS = ("phone", "message", "device_fingerprint", "sim_slot", "media_url", "schedule_at", "name")
"""Inputs that are text wherever an action has them."""
SETTLED = ("sent", "delivered", "failed", "unknown", "cancelled")
STATUSES = ("scheduled", "queued", "sending", *SETTLED)
TOO_LONG = 15
"""Digits that no time in milliseconds has before the year 5138."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as the ledger has it; `first_ms` and `quiet_ms` are of `now_ms`, the others of
    `wall_ms`."""

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
    provider_id: str | None
    message: str
    attempts: Sequence[Mapping[str, Any]]
    receipts: Sequence[Mapping[str, Any]]
    batch_id: str | None
    segments: int | None
    error: Mapping[str, Any] | None
    result: Mapping[str, Any]
    equal: str
    quiet_ms: int = 0
    """Until when its absence from the provider's history proves nothing."""
    running: bool = False
    """Whether some process is making the upstream call right now, or died while it did."""
    damaged: Sequence[str] = ()
    """Fields of the record that cannot be read; such a job is never sent."""


def read(job_id: str, stored: Mapping[str, str]) -> Job:
    """The job, whatever its record holds; nothing is raised."""
    record = Reader(stored)
    created = record.number("created_ms")
    return Job(
        id=job_id,
        workspace=record.text("workspace"),
        action=record.text("action"),
        status=record.word("status", STATUSES, "unknown"),
        input=record.input(),
        connection=record.text("connection"),
        provider=record.text("provider"),
        created_ms=created,
        updated_ms=record.number("updated_ms", created),
        first_ms=record.number("first_ms", created),
        provider_id=stored.get("provider_id") or None,
        message=record.text("message"),
        attempts=record.entries("attempts", "at", "outcome"),
        receipts=record.entries("receipts", "at", "status"),
        batch_id=stored.get("batch_id") or None,
        segments=record.number("segments") or None,
        error=record.members("error") or None,
        result=record.members("result"),
        equal=record.text("equal"),
        quiet_ms=record.number("quiet_ms"),
        running="token" in stored and stored.get("mode") == "send",
        damaged=tuple(record.damaged),
    )


class Reader:
    """Takes a record's fields one by one; `damaged` names those that could not be read."""

    def __init__(self, record: Mapping[str, str]) -> None:
        self.record = record
        self.damaged: list[str] = []

    def text(self, name: str) -> str:
        if name not in self.record:
            self.damaged.append(name)
        return self.record.get(name, "")

    def word(self, name: str, known: tuple[str, ...], otherwise: str) -> str:
        found = self.record.get(name, "")
        if found in known:
            return found
        self.damaged.append(name)
        return otherwise

    def number(self, name: str, otherwise: int = 0) -> int:
        """`otherwise` also where there is none, which is no damage."""
        found = self.record.get(name) or str(otherwise)
        if found.isascii() and found.isdecimal() and len(found) < TOO_LONG:
            return int(found)
        self.damaged.append(name)
        return otherwise

    def members(self, name: str) -> dict[str, Any]:
        """A JSON object; an empty one where there is none."""
        found = _parsed(self.record.get(name) or "{}")
        if isinstance(found, dict):
            return found
        self.damaged.append(name)
        return {}

    def input(self) -> dict[str, Any]:
        found = self.members("input")
        if "input" not in self.record or any(
            not isinstance(found.get(each) or "", str) for each in TEXTS
        ):
            self.damaged.append("input")
        return found

    def entries(self, name: str, *members: str) -> list[dict[str, Any]]:
        """JSON objects between commas, as scripts append them; each has these members."""
        found = _parsed(f"[{self.record.get(name, '')}]")
        if isinstance(found, list) and all(_has(each, members) for each in found):
            return found
        self.damaged.append(name)
        return []


def _has(entry: Any, members: tuple[str, ...]) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(each), str) for each in members)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
