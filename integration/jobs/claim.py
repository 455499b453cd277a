"""Claim: take a job, so that one process works on it; see claim.lua.

A claim is a lease and a token. The lease says how long no other process takes the job, the token
says whose ending counts (finish.py).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Unpack

from redis.exceptions import ResponseError

from integration.accounts import pacing
from integration.jobs import record as job_record
from integration.jobs.record import Job
from integration.services import Services
from integration.store import damaged, keys, past, replicas
from integration.store.clock import now_ms, wall_ms
from integration.store.past import Beat
from integration.store.script import Rows, ScriptCall, script

MARGIN_MS = 2_000
"""How much longer a claim holds than its provider's `call_seconds`, which are the hard end of all
its calls. So when another process may take the job, the first one is dead or has nothing on the
wire. That is why no lease is renewed. The margin is for a store that answers late and for clocks
that lag by as much."""


WAITS = ("silent_ms", "paced", "full_ms")
"""What a claim gives at the end, as fields of Claim."""


class CallTime(NamedTuple):
    """How long one claim may call a provider."""

    provider: str
    call_ms: int


@script(
    "decode_facts",
    "statuses",
    "lane",
    "pace",
    "full",
    "unqueue",
    "pace_take",
    "store/past",
    "store/witness",
    "claim",
)
def CLAIM(
    *,
    id: str,
    token: str,
    wall: int,
    margin_ms: int,
    call_times: Rows[CallTime],
    pepper: str,
    now: int,
    **beat: Unpack[Beat],
) -> None:
    """Claim a job."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A job that this process holds. `mode` says whether to send it, or to find out first whether
    it was sent.

    `began` is the monotonic time from which the lease counts; all calls end `call_seconds` later.
    `account` is the record of the job's connection, empty where the store has no such connection.
    """

    job: Job
    token: str
    mode: Literal["send", "settle"]
    claims: int
    began: float
    call_seconds: float
    account: Mapping[str, str]
    silent_ms: int = 0
    """For how long the provider has given no answer, 0 where it has."""
    paced: Literal["", "taken", "late", "never"] = ""
    """What its connection's pacing says; a `late` or `never` one is not counted, so not sent."""
    full_ms: int = 0
    """For how long its phone or sender has taken no texts, 0 where it does (full.lua)."""
    replicated: bool = True
    """Whether the store's replicas have the claim: without them the job is given back."""

    def seconds_left(self) -> float:
        return max(0.0, self.began + self.call_seconds - time.monotonic())


def claim(services: Services, job_id: str, token: str) -> Claim | None:
    """Hold the job for this process, None where there is nothing to do."""
    # Before the store is asked: a slow store must shorten our calls, never outlast the lease. And
    # in this order: a process that is stopped between the two must not think it has longer.
    began = time.monotonic()
    now = now_ms()
    mine = past.beat(now)
    call = claim_call(services, job_id, token, now, mine)
    try:
        answer, replicated = replicas.run(services.db, call, services.settings.store_replicas)
    except ResponseError as error:
        damaged.note_refusal(services.db, keys.job(job_id), error)
        put_aside(services, job_id)
        return None
    if replicated:
        past.confirmed(mine, wall_ms())
    if not answer:
        return None
    mode, claims, call_ms, record, account, *waits = answer
    return Claim(
        job=job_record.read(job_id, damaged.texts(services.db, keys.job(job_id), _members(record))),
        token=token,
        mode=mode,
        claims=int(claims or 0),
        began=began,
        call_seconds=int(call_ms) / 1000,
        account=_members(account),
        replicated=replicated,
        **dict(zip(WAITS, waits, strict=True)),
    )


def claim_call(services: Services, job_id: str, token: str, now: int, mine: Beat) -> ScriptCall:
    """The claim as of `now`, which is of `now_ms`."""
    return CLAIM(
        id=job_id,
        token=token,
        wall=wall_ms(),
        margin_ms=MARGIN_MS,
        call_times=[
            CallTime(key, int(each.call_seconds * 1000))
            for key, each in services.catalog.providers.items()
        ],
        pepper=pacing.pepper(services),
        now=now,
        **mine,
    )


def _members(flat: Sequence[str]) -> dict[str, str]:
    """A hash as scripts give one back."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def put_aside(services: Services, job_id: str) -> None:
    """See that nobody takes this id up again; there is no job that could be worked on."""
    with services.db.pipeline(transaction=True) as pipe:
        pipe.zrem(keys.JOBS_DUE, job_id)
        pipe.zrem(keys.JOBS_LEASED, job_id)
        pipe.execute()
