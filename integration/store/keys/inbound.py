"""Keys of the way from a provider to the inbox."""

from __future__ import annotations

from functools import partial

from integration.store.key import Key

_key = partial(Key, owner="inbound")

inbox = _key(
    "inbox",
    "hl:ws:{<workspace>}:inbox:<kind>",
    "stream",
    "Events of one kind, the newest RETENTION_EVENTS of them.",
    cap="RETENTION_EVENTS and RETENTION_DAYS",
)
numbers = _key(
    "numbers",
    "hl:numbers:<connection>",
    "set",
    "Conversations that the connection has had, packed.",
    expires="400 days after the last new message",
)
seen = _key(
    "seen",
    "hl:seen:<connection>:<day>",
    "hash",
    "Fingerprint of each message of a day: which channel showed it under which mark.",
    expires="RETENTION_DAYS and a few more after the last sighting",
)
sync_state = _key(
    "sync_state",
    "hl:sync:<connection>",
    "hash",
    "When the connection was last synced, and what its list showed.",
    permanent="Removed with its connection.",
)
sync_lock = _key(
    "sync_lock",
    "hl:sync:<connection>:flight",
    "string",
    "Lock of the sync that runs now: the token of its holder.",
    expires="a minute",
)
device_list = _key(
    "device_list",
    "hl:devices:<connection>",
    "string",
    "The provider's devices, cached.",
    expires="a minute",
)
reader = _key(
    "reader",
    "hl:ws:{<workspace>}:reader",
    "string",
    "Present while somebody polls the workspace's inbox.",
    expires="7 days after the last poll",
)
listened = _key(
    "listened",
    "hl:ws:{<workspace>}:listened:<kind>",
    "string",
    "Present while somebody wants events of this kind.",
    expires="7 days after the last interest",
)
watched = _key(
    "watched",
    "hl:watched:<connection>:<kind>",
    "hash",
    "Last known facts of an account, such as each device's status.",
    expires="7 days after the last look",
)
watch_lock = _key(
    "watch_lock",
    "hl:watched:<connection>:<kind>:flight",
    "string",
    "Lock of the look at an account that runs now.",
    expires="a minute",
)
registration_lock = _key(
    "registration_lock",
    "hl:registration:<connection>",
    "string",
    "Lock of the change of the provider's webhook list that runs now.",
    expires="a minute",
)
consumer = _key(
    "consumer",
    "hl:ws:{<workspace>}:consumer:<name>",
    "hash",
    "Cursor of one named reader under one set of filters.",
    expires="90 days after its last poll",
)
unreadable = _key(
    "unreadable",
    "hl:ws:{<workspace>}:unreadable",
    "list",
    "Webhook bodies that could not be read, the newest 50.",
    cap="50 entries",
)
fanout_position = _key(
    "fanout_position",
    "hl:ws:{<workspace>}:fanout:<kind>",
    "string",
    "Position in the inbox up to which events were fanned out.",
    permanent="One small text an inbox; without it a hook would get old events again.",
)
FANOUT_OWED = _key(
    "fanout_owed",
    "hl:fanout:owed",
    "set",
    "`workspace kind` of each inbox that holds events not fanned out yet.",
    cap="one entry an inbox",
)()
