"""Faults that a control has queued for an account, and which request each one strikes."""

from __future__ import annotations

import random
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

KINDS = ("status", "delay", "cut_before", "cut_after", "cut_during", "garbage", "hang")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`times` counts down; with `p` it strikes that share of matching requests instead. `holds` is
    text that the body of a matching request has.

    `effect` is for status, garbage and hang: whether the request is carried out all the same.
    `after` is for delay: the reply is held instead of the request. `lasts` ends the fault so many
    seconds after `since`; 0 is no end. `row_after` hides a text that it sends from the history for
    so many seconds.
    """

    id: str
    kind: str
    path: str = ""
    method: str = ""
    holds: str = ""
    times: int = 1
    p: float | None = None
    seed: int = 0
    code: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    after: bool = False
    effect: bool = False
    lasts: float = 0.0
    row_after: float = 0.0
    since: float = field(default_factory=time.time)

    @property
    def unlimited(self) -> bool:
        return self.p is not None or self.times <= 0

    def matches(self, method: str, path: str, body: str) -> bool:
        over = self.lasts > 0 and time.time() > self.since + self.lasts
        fits = self.path in path and self.method in ("", method) and self.holds in body
        return fits and not over

    def spent(self) -> Fault:
        return self if self.unlimited else replace(self, times=self.times - 1)


def fault_from(given: dict[str, Any]) -> Fault:
    return Fault(**given)


def checked_fault(given: Any) -> dict[str, Any]:
    """A fault as a control sent it, made whole. Raises ValueError with a sentence."""
    if not isinstance(given, dict):
        raise ValueError("A fault is an object with a kind.")
    values = {name: value for name, value in given.items() if name not in ("match", "id")}
    if values.get("kind") not in KINDS:
        raise ValueError(f"A fault's kind is one of {', '.join(KINDS)}.")
    try:
        fault = fault_from({"id": secrets.token_hex(4), **values, **_match(given.get("match"))})
    except TypeError as wrong:
        raise ValueError(f"The fault has a field that is not known: {wrong}.") from wrong
    _check_numbers(fault)
    return asdict(fault)


def _match(match: Any) -> dict[str, str]:
    """Read `"/chat/send"`, `"POST /chat/send"`, `"POST"` or `{"path": …, "method": …}`."""
    if match is None:
        return {}
    if isinstance(match, dict):
        return {"path": str(match.get("path", "")), "method": str(match.get("method", "")).upper()}
    first, _, rest = str(match).partition(" ")
    if first.isalpha() and first.isupper():
        return {"method": first, "path": rest}
    return {"path": str(match)}


def _check_numbers(fault: Fault) -> None:
    counts = (fault.times, fault.seed, fault.code, fault.p or 0)
    times = (fault.seconds, fault.lasts, fault.row_after, fault.since)
    if not all(isinstance(each, int | float) for each in (*counts, *times)):
        raise ValueError(
            "A fault's times, p, seed, code, seconds, lasts, row_after and since are numbers."
        )
    if not 200 <= fault.code <= 599:
        raise ValueError("A fault's code is an HTTP status from 200 to 599.")


class Dice:
    """Draws for faults with a probability; the same seed gives the same row after each start."""

    def __init__(self) -> None:
        self._rows: dict[str, random.Random] = {}

    def strikes(self, fault: Fault) -> bool:
        if fault.p is None:
            return True
        row = self._rows.setdefault(fault.id, random.Random(fault.seed))
        return row.random() < fault.p
