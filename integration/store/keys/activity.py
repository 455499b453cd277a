"""Keys by which the activity finds what it shows."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import Key

_key = partial(Key, owner="activity")

conversation = _key(
    "hl:ws:{<workspace>}:conversation:<digest>",
    "sorted set",
    "The texts with numbers that end alike, both ways, scored by when they came or were accepted"
    " (ms). The digest is of the last digits, or of a name.",
    seconds=lifetimes.RETENTION_MOST_SECONDS,
    expires="at most: after the last text; a daily look takes out what is kept no more",
    cap=f"the newest {lifetimes.CONVERSATION_KEPT:,}",
)
conversations_read = _key(
    "hl:ws:{<workspace>}:conversations-read",
    "hash",
    "Up to where the texts are among the conversations.",
    fields={"in": "the place of an event in the inbox", "out": "the id of a job"},
    seconds=lifetimes.RETENTION_MOST_SECONDS,
    expires="at most: after the last text; a daily look takes out what is kept no more",
)
