"""Keys of the service itself, and of the console."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import USER_DATA, Key

_key = partial(Key, owner="store")
_OWN = "It belongs to the store itself."

FORMAT = _key(
    "hl:format",
    "string",
    "Number of the format in which the records are written.",
    permanent=_OWN,
)()
EMPTY_MARK = _key(
    "hl:born",
    "string",
    "When the store was first used (ms); its absence shows a new or emptied store.",
    permanent=_OWN,
)()
CLOCK = _key(
    "hl:clock",
    "hash",
    "The time that all processes agree on.",
    fields={
        "steady": "time that never goes back (ms)",
        "wall": "the server's clock at that moment (ms)",
        "run": "the server's own id, which each of its starts changes",
        "hold": "until when nothing is sent after nobody reached the store (ms)",
    },
    permanent=_OWN,
)()
PROCESSES = _key(
    "hl:processes",
    "hash",
    "The last sign of life of each process, which proves that the store still has it.",
    fields={
        "<process>": "of the steady time (ms)",
        "since": "when the others were lost with what else stood here (ms)",
    },
    cap="about 100 entries, and those of the last hour",
)()
PAST = _key(
    "hl:past",
    "hash",
    "That the store was put back to an earlier state, last.",
    fields={
        "mark": "`proved` or `unsure`, and when it was noticed (ms)",
        "before": "jobs that were accepted before may have been sent since (ms)",
        "until": "when it was noticed, of the steady time (ms)",
    },
    permanent="Jobs from before may wait for years.",
)()
EMPTIED = _key(
    "hl:emptied",
    "string",
    "When the store before this one was last seen (ms), if it was emptied.",
    seconds=lifetimes.EMPTIED_SECONDS,
    expires="after it was noticed",
)()
REPLICATED = _key(
    "hl:replicated",
    "string",
    "Written before each wait for the store's replicas.",
    seconds=lifetimes.REPLICATED_SECONDS,
    expires="after the last wait",
)()
BROKEN = _key(
    "hl:broken",
    "sorted set",
    "Keys of damaged records, scored by when the damage was first seen (ms).",
    cap=f"the newest {lifetimes.BROKEN_KEPT:,}, of the last 30 days",
)()
COUNTERS = _key(
    "hl:counters",
    "hash",
    "Counters for `/metrics`.",
    fields={
        "inbound-gaps": "gaps found in providers' lists",
        "unreadable-webhooks": "webhook bodies that could not be read",
        "unreadable-rows": "looks at providers' lists that found new rows that could not be read",
    },
    cap="these fields",
)()
MEASURES = _key(
    "hl:measures",
    "hash",
    "What `/metrics` counts and times, of all processes together.",
    fields={
        "<measure> <labels> <part>": "a count; of a histogram that of a bucket, or `sum` (µs)",
        "<measure>": "a count without labels",
        "store_away_ms": "how long no process reached the store",
        "seen": "when a process last stored its counts (ms, the server's clock)",
    },
    cap="one for each measure, provider, action and bucket",
)()
day = _key(
    "hl:ws:{<workspace>}:day:<day>",
    "hash",
    "What came and went in a workspace on a day (UTC), by the hour.",
    fields={
        "<hour> <what>": "texts that came `in`, were `sent`, `delivered`, `failed`, `unknown` or"
        " `cancelled`; deliveries that were `taken`, or `dead`",
        "<hour> <what> <seconds>": "of `to_sent` and `to_hook`: how many took as long at most",
    },
    seconds=lifetimes.DAYS_SECONDS,
    expires="after its last hour with something new began",
)
heartbeat = _key(
    "hl:heartbeat:<process>",
    "string",
    "When a process of this kind (`worker`, `deliveries`, `scheduler`) was last alive (ms).",
    seconds=lifetimes.HEARTBEAT_SECONDS,
    expires="after the last heartbeat",
)
OWN_ADDRESS = Key(
    "hl:own-address",
    "string",
    "What the last call of PUBLIC_URL found, as JSON.",
    owner="inbound",
    seconds=lifetimes.OWN_ADDRESS_SECONDS,
    expires="after the call",
)()
console_session = Key(
    "hl:console:session:<digest>",
    "string",
    "The workspace and the API key that a browser is signed in with, as JSON.",
    owner="web.console",
    seconds=lifetimes.CONSOLE_IDLE_SECONDS,
    expires="after its last request, and 12 hours after the sign-in",
)
OPERATOR = Key(
    "hl:operator",
    "hash",
    "How the operator signs in to the console.",
    owner="accounts",
    fields={
        "password": "scrypt hash of the password",
        "stamp": "a random text that changes with the password; sessions from before it end",
    },
    permanent=USER_DATA,
)()
sign_in_link = Key(
    "hl:console:link:<digest>",
    "string",
    "The workspace that a sign-in link opens, by the SHA-256 of the link's secret.",
    owner="accounts",
    seconds=lifetimes.SIGN_IN_LINK_SECONDS,
    expires="after it was made; it goes when it is used",
)
console_form = Key(
    "hl:console:form:<digest>",
    "string",
    "The page that a form of the console led to, empty while what it asks for is being made.",
    owner="web.console",
    seconds=lifetimes.FORM_SECONDS,
    expires="after the form was sent; while it is empty, after a minute",
)
