"""Keys of the service itself."""

from __future__ import annotations

from functools import partial

from integration.store.key import Key

_key = partial(Key, owner="store")

heartbeat = _key(
    "heartbeat",
    "hl:heartbeat:<process>",
    "string",
    "When a process of this kind was last alive (ms).",
    expires="15 seconds",
)
COUNTERS = _key(
    "counters", "hl:counters", "hash", "Counters for `/metrics`.", cap="a few fixed fields"
)()
CLOCK = _key(
    "clock",
    "hl:clock",
    "hash",
    "The time that all processes agree on.",
    permanent="It belongs to the store itself.",
)()
EMPTIED = _key(
    "emptied",
    "hl:emptied",
    "string",
    "When the store before this one was last seen (ms), if it was emptied.",
    expires="30 days",
)()
BROKEN = _key(
    "broken",
    "hl:broken",
    "sorted set",
    "Keys of records that could not be read, by when that was first seen (ms).",
    cap="1,000 entries",
)()
EMPTY_MARK = _key(
    "empty_mark",
    "hl:born",
    "string",
    "Written once to a store; its absence shows a new or emptied store.",
    permanent="It belongs to the store itself.",
)()
