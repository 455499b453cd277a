"""The kinds of poison: what a slip with redis-cli, half a backup or a stranger may leave behind."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from integration.store import keys
from proofs.chaos.poison import Poison, Rogue
from proofs.rig.stack import World


def half_job(rogue: Rogue, world: World) -> Poison:
    job_id = f"job_{secrets.token_hex(10)}"
    rogue.db.hset(keys.job(job_id), mapping={"facts": "{", "status": "queued", "due_ms": "0"})
    return rogue.due(world, "a job without most of its record", job_id)


def string_job(rogue: Rogue, world: World) -> Poison:
    job_id = f"job_{secrets.token_hex(10)}"
    rogue.db.set(keys.job(job_id), "text")
    return rogue.due(world, "a text for a job's record", job_id)


def strange_status(rogue: Rogue, world: World) -> Poison:
    """Perhaps a newer release's word: the job is left as it is, and looked at again later."""
    job_id = rogue.spoilt_job(world, status="dreaming")
    rogue.due(world, "", job_id)

    def ended() -> str:
        if rogue.db.hget(keys.job(job_id), "status") != "dreaming":
            return "a status that nobody knows was overwritten"
        return "" if rogue.db.zscore(keys.JOBS_DUE, job_id) else "it is still taken up at once"

    return Poison(kind="a job's status is a word of nobody", ended=ended)


def string_hook(rogue: Rogue, world: World) -> Poison:
    hook_id = rogue.hook(world)
    rogue.db.delete(keys.hook(hook_id))
    rogue.db.set(keys.hook(hook_id), "text")
    rogue.db.zadd(keys.HOOKS_DUE, {hook_id: 0})
    return rogue.broken_hook(world, "a text for a hook's record", hook_id)


def gone_hook(rogue: Rogue, world: World) -> Poison:
    """Its record is deleted under what it is owed."""
    hook_id = rogue.hook(world)
    delivery_id = f"dlv_{secrets.token_hex(13)}"
    body = {**rogue.sound(world, hook_id), "body": json.dumps({"id": "sms_poison"})}
    rogue.db.hset(keys.delivery(delivery_id), mapping=body)
    rogue.db.delete(keys.hook(hook_id))
    rogue.owed("", hook_id, delivery_id)

    def ended() -> str:
        left = rogue.db.zscore(keys.HOOKS_DUE, hook_id) is not None
        noted = rogue.noted(keys.hook(hook_id))
        return "the hooks due still name it" if left else "" if noted else "it is not reported"

    return Poison(kind="a hook deleted under its deliveries", ended=ended)


def string_delivery(rogue: Rogue, world: World) -> Poison:
    delivery_id = f"dlv_{secrets.token_hex(13)}"
    rogue.db.set(keys.delivery(delivery_id), "text")
    hook_id = next(iter(rogue.live(world)))
    return rogue.owed("a text for a delivery's record", hook_id, delivery_id)


def ghost_fan_out(rogue: Rogue, kind: str, name: bytes) -> Poison:
    member = name + secrets.token_hex(4).encode() + b" message"
    rogue.db.sadd(keys.FANOUT_OWED, member)
    rogue.db.rpush(keys.WAKE, "1")
    left = "fan-out is still owed to nobody"
    return Poison(
        kind=kind, ended=lambda: left if rogue.db.sismember(keys.FANOUT_OWED, member) else ""
    )


BODY = json.dumps({"id": "sms_poison", "message": "poison"})
FOREIGN = {"origin": keys.RQ_ACTIONS, "created_at": "2026-01-01T00:00:00.000000Z"}
KINDS: tuple[Callable[[Rogue, World], Poison], ...] = (
    lambda r, w: r.job(w, "a job's input is no object", {"input": "{"}),
    lambda r, w: r.event(w, "an event is no JSON", {"e": "{"}),
    lambda r, w: r.spoilt_hook(w, "a hook's seal is broken", sealed="no seal of ours"),
    lambda r, w: r.delivery(w, "a delivery's tries are no number", tries="many", body=BODY),
    lambda r, _: r.wake_up("an id in RQ without a record", None),
    lambda r, w: r.job(w, "a job of an unknown workspace", {"workspace": "ghost"}),
    gone_hook,
    string_job,
    lambda r, w: r.job(
        w, "a job's phone is a number", {"input": {"phone": 1, "message": "poison"}}
    ),
    lambda r, _: r.wake_up(
        "RQ is to run an unknown function", FOREIGN | {"data": '["os.system", null, ["true"], {}]'}
    ),
    lambda r, w: r.event(w, "an event without an id", {"e": '{"message": "poison"}'}),
    lambda r, w: r.spoilt_hook(w, "a hook's filters are no JSON", filters="["),
    lambda r, w: r.job(w, "a job's times are words", {"created_ms": "once"}, due_ms="soon"),
    string_delivery,
    half_job,
    lambda r, w: r.spoilt_hook(w, "a hook's place is a word", since="never"),
    lambda r, w: r.job(w, "a job's timeline is no JSON", attempts="nonsense{"),
    lambda r, _: r.wake_up("RQ's record is a text", "text"),
    lambda r, w: r.delivery(w, "a delivery's place is a word", position="nowhere"),
    lambda r, w: r.event(w, "an entry that is no event", {"x": "y"}),
    lambda r, w: r.job(w, "a job's connection is unknown", {"connection": "conn_ghost"}),
    string_hook,
    lambda r, w: r.due(w, "no id at all", "no job's id!"),
    lambda r, w: r.spoilt_hook(w, "a hook for an unknown trigger", trigger="no_such"),
    lambda r, _: r.wake_up("RQ's record is nonsense", FOREIGN | {"data": "{{{"}),
    lambda r, _: ghost_fan_out(r, "fan-out for an unknown workspace", b"ghost"),
    lambda r, w: r.job(w, "a job's action is unknown", {"action": "no_such"}),
    strange_status,
    lambda r, w: r.job(w, "a job's timeline is no text", attempts=b"\xff"),
    lambda r, w: r.spoilt_hook(w, "a hook's seal is no text", sealed=b"\xff"),
    lambda r, w: r.delivery(w, "a delivery's timeline is no text", attempts=b"\xff", body=BODY),
    lambda r, _: ghost_fan_out(r, "fan-out for a workspace whose name is no text", b"\xff"),
    lambda r, w: r.ingress(w, "a webhook that is no JSON", b"{"),
    lambda r, w: r.ingress(w, "a webhook of another shape", b'[{"a": [[[]]]}, 7, null]'),
)
