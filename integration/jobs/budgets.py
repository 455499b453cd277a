"""Budgets: how much of its pacing a connection has used, as jobs/pace.lua counts it."""

import hashlib
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.accounts import pacing
from integration.accounts.connections import Connection
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms

SHARES = 60
"""A window is counted in so many shares; pace.lua has the same."""
LOGS = {"parts_per_minute": "minute", "parts_per_hour": "hour", "parts_per_day": "day"}
SIMS = ("SIM1", "SIM2")
_BETWEEN = re.compile(rb"[\s" + re.escape(string.punctuation).encode() + rb"]")


def used(
    services: Services, connection: Connection, phones: Sequence[Mapping[str, str]]
) -> list[str]:
    """One sentence for each budget, such as "37 of 100 parts in 24 hours".

    `phones` are those that the account has shown. Nobody knows the names of other phones, SIMs and
    senders: their counts are kept under digests. What has sent nothing is left out."""
    rules = pacing.of(connection)
    limits = {name: int(rules[name]) for name in pacing.WINDOWS if rules.get(name)}
    found = []
    for title, name in _scopes(rules, phones) if limits else ():
        counts = _counts(
            services, connection.id, _digest(f"{rules['per']} {name}".encode()), limits
        )
        if any(counts.values()) or not title:
            said = [_said(rule, counts[rule], most) for rule, most in limits.items()]
            found.append(f"{title}{', '.join(said)}")
    return found


def _said(rule: str, count: int, most: int) -> str:
    return f"{count:,} of {pacing.RULES[rule].format(most)}"


def _scopes(
    rules: Mapping[str, Any], phones: Sequence[Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """What counts apart: its title and the name that pace.lua makes a digest of."""
    per = rules.get("per")
    if per == "sender":
        own = _BETWEEN.sub(b"", str(rules.get("sender", "")).encode()).lower().decode()
        yield f"{rules.get('sender') or 'The usual sender'}: ", own
    elif per in ("device", "sim"):
        for phone in phones:
            title, device = phone["device_name"] or "Phone", phone["device_fingerprint"]
            for sim in SIMS if per == "sim" else ("",):
                yield f"{f'{title} {sim}'.strip()}: ", f"{device} {sim}" if sim else device
    else:
        yield "", ""


def _digest(name: bytes) -> str:
    return hashlib.sha1(name, usedforsecurity=False).hexdigest()[:16]


def _counts(
    services: Services, connection_id: str, scope: str, limits: Mapping[str, int]
) -> dict[str, int]:
    now, people = now_ms(), keys.pace_people(connection_id, scope)
    logs = services.db.hgetall(keys.pace(connection_id, scope))
    return {
        rule: _parts(logs.get(LOGS[rule], ""), pacing.WINDOWS[rule] * 1000, now)
        if rule in LOGS
        else services.db.zcount(people, f"({now - pacing.WINDOWS[rule] * 1000}", "+inf")
        for rule in limits
    }


def _parts(log: str, length: int, now: int) -> int:
    """The parts in a window's log that still count."""
    rows = re.findall(r"(\d+)=(\d+)", log)
    shares = ((int(place) + 1) * length / SHARES + length for place, _ in rows)
    return sum(int(parts) for (_, parts), at in zip(rows, shares, strict=True) if at > now)
