"""Withholds what messages say, from callers and hooks that may not know it."""

import json
from collections.abc import Mapping
from typing import Any

from integration.kernel import surrogates

PARTS = ("message", "last_message", "media", "note")
"""The members of events, of rows and of a job's input that hold what somebody wrote or sent. The
`note` of an opt-out is the word that a person texted, or a reason that somebody typed."""
WITHHELD = "withheld"
"""The member that names the emptied ones: an empty text may also be a message without words."""


def emptied(found: Mapping[str, Any]) -> dict[str, Any]:
    held = [name for name in PARTS if found.get(name)]
    blank = {name: [] if isinstance(found[name], list) else "" for name in held}
    return {**found, **blank, **({WITHHELD: held} if held else {})}


def emptied_event(stored: str | bytes) -> bytes:
    """A stored event (JSON) without what it says. Raises ValueError or TypeError for what is no
    event."""
    text = json.dumps(emptied(json.loads(stored)), ensure_ascii=False)
    return text.encode(errors=surrogates.IN_JSON)
