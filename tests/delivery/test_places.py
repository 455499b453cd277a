"""Places: posts that hang hold those of their own hook, and nobody can take all of a drain."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.delivery import drain_step
from integration.delivery.drain_step import HANGS_MS
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import (
    OTHER,
    PER_HOST,
    TARGET,
    busy,
    ended,
    look_again,
    owe,
    played,
    subscribe,
)


def test_a_post_that_hangs_gives_its_place_at_the_host_to_another(
    own: Services, connection: Connection
) -> None:
    for number in range(PER_HOST + 5):
        subscribe(own, f"{TARGET}/{number}")
    owe(own, connection, 1)
    first = played(own, "t")
    assert len(first) == PER_HOST
    look_again(own)
    assert len(played(own, "t", hanging=first[:3])) == 3
    assert busy(own)["hung:w"] == "3"
    drain_step.release("t", ()).run(own.db)
    assert busy(own) == {}


def test_a_hook_whose_post_hung_has_one_place_of_those_for_posts_that_hang(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 6)
    first = played(own, "t")
    played(own, "t", [ended(each, 0, took=HANGS_MS) for each in first], room=0)
    assert played(own, "t", hanging_room=0) == []
    look_again(own)
    [one] = played(own, "t")
    assert one.hangs
    assert busy(own) == {hook.id: "1", "hung:w": "1"}
    assert played(own, "t") == []
    played(own, "t", [ended(one, 200)], room=0)
    [next_] = played(own, "t")
    assert not next_.hangs


def test_a_connection_that_is_refused_at_once_is_no_post_that_hangs(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 4)
    played(own, "t", [ended(each, 0, took=3) for each in played(own, "t")], room=0)
    assert [each.hangs for each in played(own, "t")] == [False, False]


def test_hooks_that_hang_leave_places_to_the_others_of_their_workspace(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain_step, "PLACES", 40)
    for number in range(45):
        subscribe(own, f"{TARGET}/{number}", new=True)
    owe(own, connection, 1)
    held = []
    for _ in range(15):
        new = played(own, "t", room=3)
        held += new
        played(own, "t", room=0, hanging=new)
        look_again(own)
    # What hangs of new hooks may be twice as much as what is free.
    assert 27 <= len(held) < 30
    healthy = subscribe(own, OTHER)
    own.db.delete(keys.HOOKS_DUE)
    owe(own, connection, 2)
    own.db.zrem(keys.HOOKS_DUE, *(each.hook_id for each in held))
    assert {each.hook_id for each in played(own, "t")} == {healthy.id}


def test_a_drain_that_has_no_room_wakes_another(own: Services, connection: Connection) -> None:
    subscribe(own)
    owe(own, connection, 2)
    own.db.delete(keys.WAKE)
    played(own, "t", room=1)
    assert own.db.llen(keys.WAKE) == 1
    played(own, "t", room=1)
    assert own.db.llen(keys.WAKE) == 1
