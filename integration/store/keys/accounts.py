"""Keys of accounts: workspaces, API keys, connections, and what may be called how often."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import USER_DATA, Key

_key = partial(Key, owner="accounts")

WORKSPACES = _key(
    "hl:workspaces",
    "set",
    "Names of all workspaces.",
    permanent=USER_DATA,
)()
workspace = _key(
    "hl:ws:{<workspace>}:record",
    "hash",
    "What is known of a workspace; one of release 0.1.0 has none.",
    fields={
        "created_ms": "when it was made (ms)",
        "rate_limit": "calls a minute of all its keys, where it has a limit of its own",
        "backlog": "jobs that may wait, likewise",
        "hooks": "hooks, likewise",
        "opt_outs": "`on` where it keeps a register of opt-outs, `off` where not",
        "deduplicate_within": "seconds in which a duplicate is refused where the call does not say",
        "fallback_connections": "ids with spaces: what a text goes on through, likewise",
        "failover_after": "seconds without an answer after which it does, likewise",
        "stop_words": "JSON list: words of its own by which people opt out",
        "confirm_opt_outs": "`on` where an opt-out by a word is confirmed by a text",
        "confirm_text": "that text, where it is the workspace's own",
        "help_text": "what HELP is answered with; nothing is answered without it",
    },
    permanent=USER_DATA,
)
opt_outs = _key(
    "hl:ws:{<workspace>}:opt-outs",
    "hash",
    "What people want of the texts of each connection: the register of opt-outs.",
    fields={
        "<connection> <phone>": "JSON by sender (`` for all): out, at_ms, by, note. The connection "
        "`every` stands for all of the workspace",
    },
    permanent="A person's STOP outlives whatever else is known of that person.",
)
opt_outs_order = _key(
    "hl:ws:{<workspace>}:opt-outs-order",
    "sorted set",
    "The fields of the register of opt-outs, scored by the latest wish in each (ms).",
    permanent="As the register.",
)
OPT_OUT_ANSWERS = _key(
    "hl:opt-outs:answers",
    "sorted set",
    "Answers to STOP and HELP that are owed, as JSON, scored by when the word was said, or the last"
    " try was made (ms).",
    cap="the words of the last seconds; of a workspace whose backlog is full, of a day",
)()
answered = _key(
    "hl:answered:<connection>:<digest>",
    "string",
    "Set where a person got an automatic answer; the digest is of word and number.",
    seconds=lifetimes.WORD_ANSWERED_SECONDS,
    expires="after the answer",
)
opt_out_homes = _key(
    "hl:ws:{<workspace>}:opt-out-homes",
    "set",
    "Ids of the connections that the register of opt-outs names, removed ones too, and `every`.",
    permanent="As the register.",
)
start = _key(
    "hl:ws:{<workspace>}:start",
    "string",
    "When the first steps of the console were all done, or put away.",
    permanent=USER_DATA,
)
audit = _key(
    "hl:ws:{<workspace>}:audit",
    "stream",
    "Who did what to connections, keys, hooks and the workspace; `*` has what was done to"
    " workspaces.",
    fields={"e": "JSON: by, action, subject, detail, request_id"},
    seconds=lifetimes.AUDIT_SECONDS,
    expires="after the last entry; each goes as long after it was made",
    cap=f"{lifetimes.AUDIT_KEPT:,} entries",
)
ERASURES = _key(
    "hl:erased",
    "sorted set",
    "Workspaces that were erased, scored by when the second pass is due (ms).",
    cap="those of the last minute",
)()
erased = _key(
    "hl:erased:<workspace>",
    "set",
    "Ids of the connections and hooks of an erased workspace, until the second pass.",
    seconds=lifetimes.ERASED_SECONDS,
    expires="after the erasure",
)
API_KEYS = _key(
    "hl:api-keys",
    "hash",
    "The record of each API key, by the SHA-256 of the key.",
    fields={
        "<digest>": "JSON: id, workspace, name, prefix, grants (its scopes), scopes (those that"
        " release 0.1.0 reads), source, created_at, expires_at, platform (that it"
        " is for), limits (of its workspace), own_end (its expires_at before it was rotated)"
    },
    permanent=USER_DATA,
)()
first_calls = _key(
    "hl:ws:{<workspace>}:first-calls",
    "hash",
    "When the keys that are for platforms were first called with.",
    fields={"<key>": "when (RFC 3339)"},
    cap="one a key",
)
workspace_api_keys = _key(
    "hl:ws:{<workspace>}:api-keys",
    "hash",
    "The API keys of a workspace.",
    fields={"<key>": "SHA-256 of the key"},
    permanent=USER_DATA,
)
CONNECTIONS = _key(
    "hl:connections",
    "set",
    "Ids of all connections.",
    permanent=USER_DATA,
)()
workspace_connections = _key(
    "hl:ws:{<workspace>}:connections",
    "sorted set",
    "Ids of the workspace's connections, scored by their creation (ms).",
    permanent=USER_DATA,
)
LEFT_ACCOUNTS = _key(
    "hl:left-accounts",
    "sorted set",
    "Accounts that connections have left, with their encrypted settings and when to try (ms) to"
    " take our address out of their webhook lists; what it replaced there is encrypted too.",
    seconds=lifetimes.LEFT_SECONDS,
    expires="after the last one; each goes once it is done",
)()
removed = _key(
    "hl:removed:<connection>",
    "string",
    "The digest of a removed connection's account, and when the connection was made (ms).",
    seconds=lifetimes.REMOVED_SECONDS,
    expires="after the removal",
)
belongings = _key(
    "hl:has:<connection>:<dropdown>",
    "string",
    "Cache: JSON of the rows that the account listed in a dropdown, and of when it was asked.",
    seconds=lifetimes.BELONGINGS_SECONDS,
    expires="after the provider was asked",
)
account_seen = _key(
    "hl:account-seen:<connection>",
    "string",
    "JSON: what the account showed when it was last tested: its balance, its phones.",
    seconds=lifetimes.SEEN_SECONDS,
    expires="after the test",
)
connections_stamp = _key(
    "hl:ws:{<workspace>}:connections:stamp",
    "string",
    "A random text that changes with every change of the workspace's connections.",
    permanent=USER_DATA,
)
connection = _key(
    "hl:connection:<connection>",
    "hash",
    "One provider account of a workspace.",
    fields={
        "id": "the connection's id",
        "workspace": "its workspace",
        "provider": "the provider's key",
        "label": "the name that people see",
        "sealed": "its settings with the credentials, as JSON encrypted under SECRET_KEY",
        "account": "digest of the base URL and the key, which tells two accounts apart",
        "source": "`api`, or `environment` for one that the settings name",
        "created_ms": "when it was made (ms)",
        "health": "`ok` or `failing` after the last call",
        "health_detail": "the first cause of a failure that lasts",
        "health_since": "since when it fails",
        "health_latest": "what failed last",
        "last_gap": "JSON: when messages were missed, and how many were filled in",
        "backfill_since": "when the last back-fill began",
        "backfill_total": "conversations that it was to read",
        "backfill_left": "those that it has not read yet",
        "backfill_found": "messages that it found",
        "backfill_refused": "conversations that the provider did not show",
        "unreadable": "rows and webhooks that could not be read",
        "last_unreadable": "JSON: when the last one came, and what it lacked",
        "last_refused": "JSON: when a webhook with a missing or wrong signature last came",
        "pacing": "JSON: how fast it may text, and its usual sender",
        "webhook": "JSON: whether our address is in the provider's webhook list, and since when",
    },
    permanent=USER_DATA,
)
quota = _key(
    "hl:quota:<subject>",
    "string",
    "Calls of an API key, or failures of an address, that still count against a limit; packed.",
    seconds=lifetimes.FAILURES_SECONDS,
    expires="after the last failure; after the last call of a key: one minute",
)
permits = _key(
    "hl:permits:<connection>",
    "hash",
    "How many calls the provider allows this connection, and how many were made.",
    fields={
        "limit": "calls in a window, as the provider says",
        "most": "calls in a window, as the provider or its class says, without those that are kept",
        "count": "calls made in this window",
        "count50": "those of them that a back-fill made",
        "count80": "those of them that a sync made",
        "wanted": "calls that a sync or a back-fill found gone in this window, or that were kept",
        "owed": "calls that are therefore kept for them in this window",
        "ends": "when the window ends (ms)",
        "blocked": "no call before this time (ms)",
    },
    seconds=lifetimes.LIMIT_SECONDS,
    expires="after the last call",
)
