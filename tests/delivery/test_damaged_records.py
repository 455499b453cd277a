"""A broken record of a hook, an event or a delivery stops nobody else's deliveries."""

from __future__ import annotations

import pytest
from redis.exceptions import OutOfMemoryError

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.delivery import drain_step, listing
from integration.delivery.attempt import Attempt
from integration.delivery.hook_cache import HookCache
from integration.delivery.records import Claimed, Room
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.inbound import inbox
from integration.kernel.events import MESSAGE
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import PER_HOOK, WORKSPACE, claim, receive, widen

NONSENSE = {
    "a seal of nobody": {"sealed": "no such seal"},
    "filters that are no JSON": {"filters": "["},
    "filters that are a list": {"filters": "[1]"},
    "a place that is a word": {"since": "never"},
    "an unknown trigger": {"trigger": "no_such"},
    "a time that is a word": {"created_ms": "once"},
}


def subscribe(own: Services, name: str) -> Hook:
    hook, _ = subscriptions.subscribe(
        own, WORKSPACE, trigger="inbound_sms", target_url=f"https://example.com/{name}", filters={}
    )
    own.db.hset(keys.hook(hook.id), "window", 2)
    return hook


def owed(own: Services, hook: Hook) -> list[str]:
    return list(own.db.zrange(keys.hook_due(hook.id), 0, -1))


def noted(own: Services, name: str) -> bool:
    return own.db.zscore(keys.BROKEN, name) is not None


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE.keys())
def test_a_hook_that_cannot_be_read_is_passed_over(
    own: Services, connection: Connection, nonsense: dict[str, str]
) -> None:
    whole, spoilt = subscribe(own, "whole"), subscribe(own, "spoilt")
    own.db.hset(keys.hook(spoilt.id), mapping=nonsense)
    receive(own, connection, "a")
    assert fan_out_all(own) == 1
    assert len(owed(own, whole)) == 1
    assert [hook.id for hook in subscriptions.listed(own, WORKSPACE)] == [whole.id]
    assert subscriptions.by_id(own, spoilt.id) is None
    assert noted(own, keys.hook(spoilt.id))


def test_a_text_in_a_hooks_place_stops_no_other_hook(own: Services, connection: Connection) -> None:
    whole, spoilt = subscribe(own, "whole"), subscribe(own, "spoilt")
    receive(own, connection, "a")
    assert fan_out_all(own) == 2
    own.db.delete(keys.hook(spoilt.id))
    own.db.set(keys.hook(spoilt.id), "text")
    assert owed(own, whole) == claim(own)
    assert own.db.zscore(keys.HOOKS_DUE, spoilt.id) is None
    assert noted(own, keys.hook(spoilt.id))


def test_a_hook_that_became_a_text_after_it_was_listed_is_owed_nothing(
    own: Services, connection: Connection
) -> None:
    whole, spoilt = subscribe(own, "whole"), subscribe(own, "spoilt")
    hook_cache = HookCache(own)
    receive(own, connection, "a")
    assert fan_out_all(own, hook_cache) == 2
    own.db.delete(keys.hook(spoilt.id), keys.hook_due(spoilt.id))
    own.db.set(keys.hook(spoilt.id), "text")
    receive(own, connection, "b")
    assert fan_out_all(own, hook_cache) == 1
    assert len(owed(own, whole)) == 2
    assert owed(own, spoilt) == []
    assert noted(own, keys.hook(spoilt.id))


def test_a_damaged_event_is_taken_out_and_the_others_go_on(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, "whole")
    log = keys.inbox(WORKSPACE, MESSAGE)
    receive(own, connection, "before")
    half = {"e": '{"id": "sms_\\ud800"}'}
    broken = [own.db.xadd(log, each) for each in ({"e": "{"}, {"e": "{}"}, {"x": "y"}, half)]
    receive(own, connection, "after")
    assert fan_out_all(own) == 2
    assert len(owed(own, hook)) == 2
    events = [entry.event["message"] for entry in inbox.newest(own, WORKSPACE, MESSAGE, 10)]
    assert events == ["after", "before"]
    assert all(noted(own, f"{log} {position}") for position in broken)


def test_events_behind_a_whole_chunk_of_broken_ones_are_found(
    own: Services, connection: Connection
) -> None:
    receive(own, connection, "before")
    for _ in range(inbox.CHUNK + 1):
        own.db.xadd(keys.inbox(WORKSPACE, MESSAGE), {"e": "{"})
    assert [each.event["message"] for each in inbox.newest(own, WORKSPACE, MESSAGE, 1)] == [
        "before"
    ]


@pytest.mark.parametrize(
    "nonsense", [{"tries": "many"}, {"position": "nowhere"}, {"attempts": "{"}, {"inbox": ""}]
)
def test_a_delivery_that_says_nonsense_is_claimed_and_comes_to_its_end(
    own: Services, connection: Connection, nonsense: dict[str, str]
) -> None:
    hook = subscribe(own, "whole")
    receive(own, connection, "a", "b")
    fan_out_all(own)
    spoilt = owed(own, hook)[0]
    own.db.hset(keys.delivery(spoilt), mapping=nonsense)
    assert len(claim(own)) == 2
    assert drain_step.release().run(own.db) == 2
    listed, _ = listing.page(own, hook, 10)
    assert len(listed) == (1 if "attempts" in nonsense else 2)


def test_a_text_in_a_deliverys_place_is_dropped_and_the_others_are_claimed(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, "whole")
    receive(own, connection, "a", "b")
    fan_out_all(own)
    spoilt, whole = owed(own, hook)
    own.db.delete(keys.delivery(spoilt))
    own.db.set(keys.delivery(spoilt), "text")
    assert claim(own) == [whole]
    assert noted(own, keys.delivery(spoilt))
    assert spoilt not in owed(own, hook)


def test_a_text_in_the_place_of_a_delivery_under_way_keeps_no_other_from_coming_back(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, "whole")
    receive(own, connection, "a", "b")
    fan_out_all(own)
    spoilt, whole = claim(own)
    own.db.delete(keys.delivery(spoilt))
    own.db.set(keys.delivery(spoilt), "text")
    drain_step.release().run(own.db)
    assert owed(own, hook) == [whole]


def test_a_full_store_is_no_broken_record(own: Services, connection: Connection) -> None:
    """What it refuses would otherwise be dropped, and nothing claimed could be recorded."""
    hook = subscribe(own, "whole")
    receive(own, connection, "a")
    fan_out_all(own)
    waiting = owed(own, hook)
    own.db.config_set("maxmemory", 1)
    try:
        with pytest.raises(OutOfMemoryError):
            claim(own)
    finally:
        own.db.config_set("maxmemory", 0)
    assert own.db.zcard(keys.BROKEN) == 0
    assert claim(own) == waiting


def test_a_connection_that_cannot_be_read_hides_no_other(
    own: Services, connection: Connection
) -> None:
    made = connections.make(
        workspace=WORKSPACE, provider="pairfon", label="Other", settings={"api_key": "pf_other"}
    )
    connections.save(own, made)
    own.db.hset(keys.connection(made.id), "sealed", "no such seal")
    assert [each.id for each in connections.listed(own, WORKSPACE)] == [connection.id]
    assert noted(own, keys.connection(made.id))


def test_a_workspace_whose_index_of_hooks_is_a_text_stops_no_other(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, "whole")
    receive(own, connection, "a")
    own.db.xadd(keys.inbox("spoilt", MESSAGE), {"e": '{"id": "sms_1"}'})
    own.db.sadd(keys.FANOUT_OWED, f"spoilt {MESSAGE}", "nothing")
    own.db.set(keys.hooks("spoilt"), "text")
    assert fan_out_all(own) == 1
    assert len(owed(own, hook)) == 1
    assert noted(own, keys.inbox("spoilt", MESSAGE))
    assert own.db.scard(keys.FANOUT_OWED) == 0


def test_a_text_in_place_of_what_a_workspace_is_owed_leaves_its_hooks_at_work(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own, "whole")
    widen(own, hook)
    receive(own, connection, *(f"text {number}" for number in range(PER_HOOK + 5)))
    assert fan_out_all(own) == PER_HOOK + 5
    taken = claimed(own)
    assert len(taken) == PER_HOOK
    own.db.delete(keys.owed(WORKSPACE))
    own.db.set(keys.owed(WORKSPACE), "text")
    over = [
        drain_step.ended(each, Attempt(at_ms=wall_ms(), status=200, detail="")) for each in taken
    ]
    drain_step.call("drain", Room(0, 0), over).run(own.db)
    assert own.db.zscore(keys.HOOKS_DUE, hook.id) is not None
    assert noted(own, keys.owed(WORKSPACE))
    receive(own, connection, "more")
    assert fan_out_all(own) == 1
    assert len(claimed(own)) == 6


def claimed(own: Services) -> list[Claimed]:
    return drain_step.result(drain_step.call("drain", Room(100, 100)).run(own.db)).claimed
