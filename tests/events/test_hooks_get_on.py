"""What may not keep a hook from what it is owed: gaps, changes, and records of others."""

from __future__ import annotations

import asyncio

from integration import keys, store
from integration.accounts.connections import Connection
from integration.events import deliver, fanout, hooks, rounds
from integration.events.fanout import FAN_OUT, LOOK, Seen
from integration.events.rounds import Claimed
from integration.kernel.events import MESSAGE
from integration.services import Services
from tests.events.conftest import WORKSPACE, receive
from tests.events.test_hook_records import subscribe
from tests.events.test_rounds import came_of, owe, played
from tests.sandbox.running import until


def test_records_that_are_gone_keep_no_hook_from_what_is_there(
    own: Services, connection: Connection
) -> None:
    """As behind a long pause: the records have ended by themselves, their places are left."""
    hook = subscribe(own)
    owe(own, connection, rounds.PER_HOOK + 5)
    for each in own.db.zrange(keys.hook_due(hook.id), 0, rounds.PER_HOOK - 1):
        own.db.delete(keys.delivery(each))
    taken: list[Claimed] = []

    def all_taken() -> bool:
        taken.extend(played(own, "t"))
        return len(taken) == 5

    until(all_taken, "the five that are there")


def test_the_old_targets_410_removes_no_hook_that_has_a_new_one(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    hook = hooks.change(own, hook, target_url="https://example.com/new")
    deliver._drop(own, one)
    assert hooks.by_id(own, hook.id) is not None
    owe(own, connection, 2)
    newer = next(each for each in played(own, "t") if each.id != one.id)
    deliver._drop(own, newer)
    assert hooks.by_id(own, hook.id) is None


def test_a_hook_that_is_active_again_is_looked_at_in_the_same_step(
    own: Services, connection: Connection
) -> None:
    hook = hooks.change(own, subscribe(own), status="paused")
    owe(own, connection, 3)
    assert played(own, "t") == []
    hooks.change(own, hook, status="active")
    assert len(played(own, "t")) == 3


def test_a_hook_that_is_active_again_has_its_404s_forgiven(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 30)
    while (found := hooks.by_id(own, hook.id)) and found.status == "active":
        played(own, "t", [came_of(each, 404) for each in played(own, "t")], room=0)
    hooks.change(own, hook, status="active")
    played(own, "t", [came_of(each, 404) for each in played(own, "t")[:1]], room=0)
    found = hooks.by_id(own, hook.id)
    assert found
    assert found.status == "active"


def test_bytes_that_are_no_text_stop_nobody_elses_rounds(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    own.raw.xadd(keys.inbox(WORKSPACE, MESSAGE), {b"e": b'{"id": "x\xff"}'})
    receive(own, connection, "sound")

    async def look() -> list[Seen]:
        db = store.connect_async(own.settings.redis_url)
        try:
            rows = await LOOK.arun(db, *fanout.looking())
        finally:
            await db.aclose()
        return [fanout.seen(each) for each in rows]

    [seen] = [each for each in asyncio.run(look()) if each.kind == MESSAGE]
    FAN_OUT.run(own.db, *fanout.step(own, seen, fanout.Listings(own).read(seen)).call)
    assert any("sound" in each.payload for each in played(own, "t"))
