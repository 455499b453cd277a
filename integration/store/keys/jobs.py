"""Keys of the way from a platform to a provider."""

from __future__ import annotations

from functools import partial

from integration.store.key import Key

_key = partial(Key, owner="jobs")

job = _key(
    "job",
    "hl:job:<job>",
    "hash",
    "One job: what it was accepted with, and what has become of it.",
    expires="30 days after it ends",
)
jobs = _key(
    "jobs",
    "hl:ws:{<workspace>}:jobs",
    "list",
    "Ids of the workspace's jobs, the newest first.",
    cap="100,000 entries",
)
JOBS_DUE = _key(
    "jobs_due",
    "hl:jobs:due",
    "sorted set",
    "Jobs by when they may next be tried (ms).",
    cap="one entry an unfinished job",
)()
JOBS_LEASED = _key(
    "jobs_leased",
    "hl:jobs:leased",
    "sorted set",
    "Jobs by the end of the lease of the process that has them (ms).",
    cap="one entry an unfinished job",
)()
idempotency = _key(
    "idempotency",
    "hl:ws:{<workspace>}:idempotency:<digest>",
    "string",
    "Digest of the body that came with the key, and the ids of its jobs.",
    expires="24 hours",
)
references = _key(
    "references",
    "hl:references:<connection>:<month>",
    "hash",
    "Provider's id of a message: the job that sent it.",
    expires="two months after the last new id",
)
parked = _key(
    "parked",
    "hl:parked:<connection>:<number>",
    "list",
    "Receipts that came before their send was recorded.",
    expires="2 days",
)
sends = _key(
    "sends",
    "hl:sends:<connection>",
    "stream",
    "What the connection sent: a digest, and the job.",
    expires="3 days after the last send",
)
settled_signal = _key(
    "settled_signal",
    "hl:settled:<job>",
    "list",
    "Wakes the callers that wait for a job's end.",
    expires="a minute",
)
