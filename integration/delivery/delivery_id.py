"""The id of a delivery, which is its webhook-id at every attempt."""

from __future__ import annotations

import hashlib

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_SHIFTS = range(120, -1, -10)


def delivery_id(hook_id: str, event_id: str) -> str:
    """Follows from hook and event, so one event is one delivery however often it is owed.

    It holds the first 130 bits of a SHA-256 in base 32 (RFC 4648, lower case).
    """
    number = int.from_bytes(hashlib.sha256(f"{hook_id} {event_id}".encode()).digest()[:17]) >> 6
    return "dlv_" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
