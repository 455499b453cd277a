"""Jobs that may go through two accounts, taken through their life by hand."""

from __future__ import annotations

from integration.accounts import connection_cache, gate, pacing
from integration.accounts.connections import Connection
from integration.accounts.provider_link import Reach
from integration.jobs import accept, failover, ledger, sweep
from integration.jobs.accept import AcceptOptions
from integration.jobs.claim import Claim
from integration.jobs.fallbacks import Fallbacks
from integration.jobs.finish import Ending
from integration.jobs.record import Job
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import DEVICE, PHONE, TEXT, Desk

REFUSED = Ending(status="failed", message="No.", outcome="rejected", detail="No.", of_account=True)


def job(desk: Desk, *others: Connection, after: int = 0) -> str:
    """A job that may go on through these connections."""
    values = {"phone": [PHONE], "message": TEXT, "device_fingerprint": DEVICE, "sim_slot": "SIM1"}
    options = AcceptOptions(
        stamp=connection_cache.of(desk.own, WORKSPACE).stamp,
        pepper=pacing.pepper(desk.own),
        backlog=1000,
        fallbacks=Fallbacks(ids=[each.id for each in others], after=after),
    )
    action = desk.own.catalog.action("send_sms")
    command = accept.command(desk.connection, action, values, options)
    assert command.call(gate.ADMITTED).run(desk.own.db)[3:] == ["made", ""]
    return command.jobs[0].id


def known(desk: Desk, job_id: str) -> Job:
    found = ledger.by_id(desk.own, job_id)
    assert found
    return found


def moved(desk: Desk, held: Claim) -> bool:
    leg = failover.after(desk.own, held, REFUSED)
    assert leg
    ending, reach = failover.moving(REFUSED, leg), Reach(word="answered")
    return failover.move(desk.own, held.job, leg, ending, held.token, reach)


def places(desk: Desk, connection: Connection, job_id: str) -> set[str]:
    """The sets of a lane that have the job."""
    sets = {
        "due": keys.lane_due,
        "out": keys.lane_out,
        "asks": keys.lane_asks,
        "fallbacks": keys.lane_fallbacks,
    }
    scored = desk.own.db.zscore
    return {name for name, key in sets.items() if scored(key(connection.id), job_id) is not None}


def silent(desk: Desk, seconds: float) -> None:
    """The account has not answered for so long, and the sweep looks at its lane."""
    since = wall_ms() - int(seconds * 1000)
    desk.own.db.hset(
        keys.lane(desk.connection.id),
        mapping={"until": now_ms() + 60_000, "fails": 3, "since": since, "turn": "ask"},
    )
    desk.own.db.zadd(keys.LANES, {desk.connection.id: 0})
    sweep.sweep(desk.own)


def attempts(desk: Desk, made: str, *entries: tuple[str, str]) -> None:
    """What the timeline of the job holds so far."""
    listed = ",".join(
        f'{{"at":"2026-01-31T09:00:00Z","outcome":"{outcome}","detail":"{detail}"}}'
        for outcome, detail in entries
    )
    desk.own.db.hset(keys.job(made), "attempts", listed)
