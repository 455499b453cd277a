"""Keys of the way from a provider to the inbox."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import Key

_key = partial(Key, owner="inbound")
_WEEK = lifetimes.READER_SECONDS

inbox = _key(
    "hl:ws:{<workspace>}:inbox:<kind>",
    "stream",
    "Events of one kind, oldest first.",
    fields={
        "e": "the event as JSON",
        "q": "for history, which goes to no hook: `1`, or `2` for that of an account added later",
    },
    cap="RETENTION_EVENTS and RETENTION_DAYS; events that a hook is owed stay until the latter",
)
numbers = _key(
    "hl:numbers:<connection>",
    "set",
    "The conversations of a connection: 12 bytes of a fingerprint each, and the names among the"
    " counts.",
    seconds=lifetimes.NUMBERS_SECONDS,
    expires="after the last new message",
)
seen = _key(
    "hl:seen:<connection>:<day>",
    "hash",
    "The same by their fingerprint, and by that of release 0.1.0 (the day is YYYYMMDD).",
    fields={"<fingerprint>": "likewise, without the capitals and up to 64 entries"},
    seconds=(3650 + lifetimes.SEEN_DAYS) * 86_400,
    expires=f"at most: RETENTION_DAYS and {lifetimes.SEEN_DAYS} days after the last sighting",
)
shown = _key(
    "hl:shown:<connection>:<day>",
    "hash",
    "The messages of a day (days since 1970), by who wrote what in which second.",
    fields={
        "<likeness>": "entries of 5 bytes: `e` and the number of events, a channel's capital and"
        " how many of them it has shown, a channel's letter and the digest of a provider's id",
        "<row>": "empty: `#` for a number or `@` for a name, a digest of id and text, the second",
    },
    seconds=(3650 + lifetimes.SEEN_DAYS) * 86_400,
    expires=f"at most: RETENTION_DAYS and {lifetimes.SEEN_DAYS} days after the last sighting",
)
sync_state = _key(
    "hl:sync:<connection>",
    "hash",
    "How far the sync of a connection is.",
    fields={
        "tried_ms": "when the last sync began, or may begin at the earliest (ms)",
        "synced_ms": "when the last successful sync began (ms)",
        "account": "the account that was last synced",
        "failed": "syncs that failed in a row; each makes the pause before the next longer",
        "rests": "`1` where the account gave no answer then, refused its key or asked for a pause",
        "added": "`1` where the workspace had readers before the account",
        "read_ms": "what came in before this has been read, where a list is read by time (ms)",
        "reading": "JSON: the page that is next in a reading that is not at its end",
        "counted_ms": "when the counts of the conversations were last compared (ms)",
        "unbased_ms": "since when that is tried in vain (ms)",
        "total": "texts of all conversations at that time",
        "doubt_ms": "since when messages may have been missed (ms)",
        "counts_sent": "`1` where the provider counts sent texts too, `0` where it does not",
        "tops": "JSON: for each phone the highest id in its history at the last comparison",
        "registered": "our address in the provider's webhook list, encrypted under SECRET_KEY",
        "replaced": "what our entries replaced there, by their ids, encrypted likewise",
        "left": "JSON: the account before, while nobody knows whether the new key leads to another",
        "look_ms": "when the provider's webhook list is looked at next (ms)",
        "look_failed": "failures in a row to find or put our address there",
        "look_passes": "1 where the noted cause of them passes by itself",
    },
    permanent="The connection's removal removes it.",
)
counts = _key(
    "hl:counts:<connection>",
    "hash",
    "How many texts of each conversation we can account for.",
    fields={
        "<conversation>": "texts known; `#` and a digest under SECRET_KEY of the number's last 9"
        " digits, or `@` and one of a sender's name",
        "><conversation>": "texts that we sent since the last comparison",
        "=": "there once there is a baseline; a digest that tells the SECRET_KEY of the names",
    },
    permanent="The connection's removal removes it.",
)
backfill = _key(
    "hl:backfill:<connection>",
    "list",
    "Conversations still to be read, as JSON; the first one with the page that is next.",
    permanent="Empty once all are read; the connection's removal removes it.",
)
SYNC_ASKED = _key(
    "hl:sync:asked",
    "set",
    "Connections that the scheduler is to sync at its next turn.",
    cap="one entry for each connection",
)()
sync_lock = _key(
    "hl:sync:<connection>:flight",
    "string",
    "Lock of the running sync: its holder's token.",
    seconds=lifetimes.SYNC_LOCK_SECONDS,
    expires="after the sync began",
)
reader = _key(
    "hl:ws:{<workspace>}:reader",
    "string",
    "Present while somebody polls the workspace's inbox.",
    seconds=_WEEK,
    expires="after the last poll",
)
listened = _key(
    "hl:ws:{<workspace>}:listened:<kind>",
    "string",
    "Present while a poll or a hook wants events of this kind.",
    seconds=_WEEK,
    expires="after the last poll or hook",
)
watched = _key(
    "hl:watched:<connection>:<kind>",
    "hash",
    "Last known facts of an account, such as each phone's status.",
    fields={
        "looked_ms": "when the provider was last asked (ms)",
        "based": "`1` once there was a first look",
        "=<fact>": "JSON: what was seen",
        "?<fact>": "`1` where the last look did not find it",
    },
    seconds=lifetimes.WATCHED_SECONDS,
    expires="after the last look",
)
watch_lock = _key(
    "hl:watched:<connection>:<kind>:flight",
    "string",
    "Lock of the running look at an account: its holder's token.",
    seconds=lifetimes.WATCH_LOCK_SECONDS,
    expires="after the look began",
)
registration_lock = _key(
    "hl:registration:<connection>",
    "string",
    "Lock of the running change of the provider's webhook list: its holder's token.",
    seconds=lifetimes.REGISTRATION_LOCK_SECONDS,
    expires="after the change began",
)
consumer = _key(
    "hl:ws:{<workspace>}:consumer:<name>",
    "hash",
    "Cursor of one named reader under one set of filters; the name is a digest of both.",
    fields={
        "batch": "id of the last batch",
        "from": "position before the last batch",
        "to": "position at its end",
        "holds": "`1` while the batch waits for its acknowledgement",
    },
    seconds=lifetimes.CONSUMER_SECONDS,
    expires="after its last poll",
)
parts = _key(
    "hl:ws:{<workspace>}:parts:<connection>:<name>",
    "hash",
    "The parts of one long text; the name is a digest of who sent it to whom, and its reference.",
    fields={
        "<number>": "when it was received (ms), a digest of its id, and JSON: the part as its"
        " webhook showed it"
    },
    seconds=lifetimes.PARTS_SECONDS,
    expires="after the last part",
)
parts_due = _key(
    "hl:ws:{<workspace>}:parts",
    "sorted set",
    "Long texts that lack a part, as connection and name, scored by when they are given as they"
    " are (ms).",
    permanent="A text leaves it once it is whole, or was given as it is.",
)
unreadable = _key(
    "hl:ws:{<workspace>}:unreadable",
    "list",
    "Webhook bodies and rows that could not be read.",
    seconds=lifetimes.INSPECTED_SECONDS,
    expires="after the last one; each goes after RETENTION_DAYS",
    cap=f"the newest {lifetimes.UNREADABLE_KEPT}",
)
unread = _key(
    "hl:unread:<connection>",
    "sorted set",
    "Digests of rows that could not be read, scored by when they were last shown (ms).",
    seconds=lifetimes.INSPECTED_SECONDS,
    expires="after the last one was shown",
    cap=f"the {lifetimes.UNREAD_KNOWN:,} that were shown last",
)
