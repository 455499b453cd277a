"""Keys of the way from a platform to a provider."""

from functools import partial

from integration.store import lifetimes
from integration.store.key import Key

_key = partial(Key, owner="jobs")

job = _key(
    "hl:job:<job>",
    "hash",
    "One job: what it was accepted with, and its state.",
    fields={
        "facts": "JSON list, changed only by failover: workspace, action, connection, provider,"
        " created_ms, batch_id, segments, digest of what it sends, input",
        "request_id": "of the call that asked for it",
        "status": "`scheduled`, `queued`, `sending`, `sent`, `delivered`, `failed`, `unknown` or"
        " `cancelled`",
        "message": "a sentence for people, where the status does not say it all",
        "attempts": "JSON objects between commas: the timeline",
        "receipts": "JSON objects between commas: the provider's receipts",
        "provider_id": "the message's id at the provider",
        "result": "JSON object: what the provider answered",
        "error": "JSON object: the provider's refusal",
        "updated_ms": "when the status last changed (ms)",
        "due_ms": "no attempt before this time (ms)",
        "late_ms": "no attempt after this time (ms)",
        "paced": "what the attempt under way took of its connection's budget (jobs/pace_take.lua)",
        "first_ms": "when the first attempt began (ms)",
        "lost_ms": "when a call was lost that may have arrived and is asked for again (ms)",
        "ends_ms": "until when the last call may have taken effect (ms)",
        "account": "digest of the account that the last call went to",
        "claims": "claims in a row that ended nothing",
        "token": "who holds the lease",
        "mode": "what the lease is for: `send` or `settle`",
        "asked": "the `mark` of `hl:past` that no longer concerns the job",
        "past": "`proved` or `unsure` while it is looked up because the store was put back",
        "met": "the job that has the same text to the same number, for which this one is refused",
        "legs": "JSON object: the connections that it may go on through (jobs/legs.py)",
        "sent_as": "our name of its last send, as in `hl:references`",
        "sends_as": "our name of the send that it makes next, or makes now, after a retry",
        "told": "how many `message-status` events it has caused",
    },
    seconds=lifetimes.RETENTION_MOST_SECONDS,
    expires="at most: RETENTION_DAYS, and three days at least, after it ends",
    unless="it has not ended",
)
jobs = _key(
    "hl:ws:{<workspace>}:jobs",
    "list",
    "Ids of the workspace's jobs, the newest first.",
    cap=f"{lifetimes.JOBS_KEPT:,} entries",
)
job_statuses = _key(
    "hl:ws:{<workspace>}:jobs:status",
    "sorted set",
    "Ids of the workspace's jobs, scored by status and time of acceptance (jobs/statuses.lua).",
    cap="the jobs whose records are kept",
)
JOBS_DUE = _key(
    "hl:jobs:due",
    "sorted set",
    "Jobs that wait, scored by when the sweep looks at them (ms); far below zero: in a lane.",
    cap="the jobs that have not ended",
)()
JOBS_LEASED = _key(
    "hl:jobs:leased",
    "sorted set",
    "Jobs in flight, scored by the end of their lease (ms); far below zero: owed a look-up.",
    cap="the jobs that have not ended",
)()
LANES = _key(
    "hl:lanes",
    "sorted set",
    "Connections with jobs that have not ended, scored by when the sweep looks at them (ms).",
    cap="one entry for each connection",
)()
lane = _key(
    "hl:lane:<connection>",
    "hash",
    "How the lane of a connection stands whose provider does not answer.",
    fields={
        "until": "when the next probe may be made (ms)",
        "fails": "calls without an answer in a row",
        "since": "when the first of them ended (ms)",
        "turn": "`ask` or `send`: what the next probe is; `closed`: the account cannot be opened",
        "asks_fail": "1 where a look-up had no answer either",
        "asking": "the job whose look-up has a wake-up or is in flight",
    },
    seconds=lifetimes.LANE_SECONDS,
    expires="after the last call without an answer",
)
lane_answered = _key(
    "hl:lane:<connection>:answered",
    "string",
    "Present while the provider has answered lately; the lane then has room for more calls.",
    seconds=lifetimes.ANSWERED_SECONDS,
    expires="after the last answer",
)
_LANE_CAP = "the jobs of the connection that have not ended"
lane_due = _key(
    "hl:lane:<connection>:due",
    "sorted set",
    "Jobs that wait to be sent, scored by when they may be (ms).",
    cap=_LANE_CAP,
)
lane_asks = _key(
    "hl:lane:<connection>:asks",
    "sorted set",
    "Jobs whose outcome was lost, scored by their next look-up (ms); late ones 1e14 later.",
    cap=_LANE_CAP,
)
lane_out = _key(
    "hl:lane:<connection>:out",
    "sorted set",
    "Jobs with a wake-up or in flight, scored by when the sweep takes them back (ms).",
    cap=_LANE_CAP,
)
lane_fallbacks = _key(
    "hl:lane:<connection>:fallbacks",
    "sorted set",
    "Jobs that another connection may take, scored by when it may at the earliest (ms).",
    cap=_LANE_CAP,
)
lane_paced = _key(
    "hl:lane:<connection>:paced",
    "sorted set",
    "Queues of a connection that is paced, or has something full: each of one device, SIM or sender"
    " (a digest, then `.new` for texts to new recipients; `full.` stands before that of one that"
    " takes none for now), scored by when its first text may go (ms).",
    cap="the queues with jobs that have not ended",
)
lane_queue = _key(
    "hl:lane:<connection>:queue:<scope>",
    "sorted set",
    "Jobs that wait for the pacing of their connection, or for a phone or sender that takes none,"
    " scored by when they were due (ms).",
    cap=_LANE_CAP,
)
lane_full = _key(
    "hl:lane:<connection>:full:<scope>",
    "hash",
    "A phone or sender that takes no texts for now, as its provider says (jobs/full.lua).",
    fields={
        "since": "when the first text had to wait (ms)",
        "fails": "tries in a row that had to wait",
        "pause": "how long the pause before the next try is (ms)",
        "trying": "the job that tries",
        "kind": "`device` or `sender`",
        "name": "which phone or sender it is; empty for the connection's usual one",
    },
    seconds=lifetimes.LANE_SECONDS,
    expires="after the last try",
)
lane_ends = _key(
    "hl:lane:<connection>:ends",
    "sorted set",
    "Jobs of the lane that must not go out late, scored by until when they may (ms).",
    cap=_LANE_CAP,
)
pace = _key(
    "hl:pace:<connection>:<scope>",
    "hash",
    "How much of its budget a device, SIM or sender of a connection has used.",
    fields={
        "last": "when the last text was sent (ms)",
        "minute": "`<second>=<parts>` of the last minute, with blanks between",
        "hour": "`<minute>=<parts>` of the last hour",
        "day": "the same of the last 24 hours, by 24 minutes",
        "why": "the rule that the first text of the queue waits for",
    },
    seconds=lifetimes.PACE_SECONDS,
    expires="after the last text",
)
pace_people = _key(
    "hl:pace:<connection>:<scope>:people",
    "sorted set",
    "Recipients of the last day or 31 days, where their number is limited: digests made with a key"
    " that follows from SECRET_KEY, scored by the last text to each (ms).",
    seconds=lifetimes.PACE_PEOPLE_SECONDS,
    expires="after the last text; each goes a day or 31 days after its last",
)
idempotency = _key(
    "hl:ws:{<workspace>}:idempotency:<digest>",
    "string",
    "Digest of the body that came with an idempotency key, and the ids of its jobs.",
    seconds=lifetimes.IDEMPOTENCY_SECONDS,
    expires="after the call",
)
texts = _key(
    "hl:ws:{<workspace>}:texts:<digest>",
    "sorted set",
    "Jobs of one text to one number that refuse a duplicate, scored by when each may go out (ms);"
    " the digest is keyed by SECRET_KEY.",
    seconds=lifetimes.TEXTS_SECONDS,
    expires="at most: the call's deduplicate_within after the last of them may go out",
    cap=f"{lifetimes.TEXTS_KEPT} entries",
)
references = _key(
    "hl:references:<connection>:<month>",
    "hash",
    "Which job sent a provider's message; a month is 30 days since 1970.",
    fields={
        "<number>": "the job's id",
        "<number> send": "our name of the send, after a retry: that id, `-` and when it was",
    },
    seconds=lifetimes.REFERENCES_SECONDS,
    expires="after the last new one",
)
parked = _key(
    "hl:parked:<connection>:<number>",
    "list",
    "Receipts that came before their send was recorded, by its name or id: status and JSON.",
    seconds=lifetimes.PARKED_SECONDS,
    expires="after the last receipt",
    cap="20 entries",
)
sends = _key(
    "hl:sends:<connection>",
    "stream",
    "What the connection was asked to send, which tells equal messages apart.",
    fields={"e": "digest of what is sent", "j": "the job's id without `job_`"},
    seconds=lifetimes.SENDS_SECONDS,
    expires="after the last send",
)
ENDED = _key(
    "hl:ended",
    "stream",
    "The jobs that ended last, for the callers who wait for them.",
    fields={"job": "the job's id"},
    cap="about 1,000 entries",
)()
