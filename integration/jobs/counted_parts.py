"""Counted parts: how many parts of a job the pacing of its connection counts."""

from collections.abc import Mapping
from typing import Any

from integration.kernel.capabilities import SendsSms
from integration.kernel.segments import segments
from integration.kernel.specs import Action


def counted_parts(action: Action, values: Mapping[str, Any]) -> int | None:
    """The parts of a text; None for what is no SMS, which counts as one."""
    text = values.get("message")
    return segments(str(text)) if action.needs is SendsSms and text else None
