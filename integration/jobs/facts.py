"""Facts: what a job was accepted with, as one field of its record, a JSON array.

A hash costs the server more for each long field than the field itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

TEXTS = ("phone", "message", "device_fingerprint", "sim_slot", "media_url", "schedule_at", "name")
"""Inputs that are text wherever an action has them."""
TOO_LONG = 15
"""Digits that no time in milliseconds has before the year 5138."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10 ** (TOO_LONG - 1)


def _is_input(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return all(isinstance(value[each] or "", str) for each in TEXTS if each in value)


FACTS: Mapping[str, tuple[Callable[[Any], bool], Any]] = {
    "workspace": (_is_text, ""),
    "action": (_is_text, ""),
    "connection": (_is_text, ""),
    "provider": (_is_text, ""),
    "created_ms": (_is_count, 0),
    "batch_id": (lambda value: value is None or _is_text(value), None),
    "segments": (lambda value: value is None or _is_count(value), None),
    "equal": (_is_text, ""),
    "input": (_is_input, {}),
}
"""The values in `facts`, in their order, which decode_facts.lua knows as well. Each has a test of
whether it is sound, and a default for one that is missing or not. Never insert, move or remove one,
and append none: 0.1.0 holds a longer list for damaged. What a job is accepted with from now on is a
field of its own, as `request_id` is."""
FIRST_FACTS = 9
"""Facts of the first release, 0.1.0; a shorter list is damaged."""
