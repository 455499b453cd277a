"""What targets answered is kept with the attempts that it explains, and no longer than these."""

from __future__ import annotations

import time
from typing import Any

from integration.accounts.connections import Connection
from integration.delivery import again, log
from integration.delivery.attempt import Attempt
from integration.hooks import subscriptions
from integration.hooks.record import Hook
from integration.services import Services
from integration.store import keys, lifetimes
from integration.upkeep.erase import erase
from tests.delivery.drains import (
    WORKSPACE,
    ended,
    look_again,
    owe,
    played,
    subscribe,
    wait_over,
    widen,
)


def whole(own: Services, delivery_id: str, *, texts: bool = True) -> dict[str, Any]:
    return log.whole(own, log.get(own, WORKSPACE, delivery_id), texts=texts)


def bodies(own: Services, hook: Hook) -> list[str]:
    return sorted(own.db.hvals(keys.hook_bodies(hook.id)))


def test_the_answer_of_an_attempt_that_failed_is_shown_with_it(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    page = "<h1>Größer als erlaubt</h1>".encode() + b"\xff"
    played(own, "t", [ended(one, 500, answer=page)], room=0)
    told = whole(own, one.id)
    assert [each["answer"] for each in told["attempts"]] == ["<h1>Größer als erlaubt</h1>\ufffd"]
    assert told["request"]["headers"]["webhook-id"] == one.id
    assert "text 0" in told["request"]["body"]
    withheld = whole(own, one.id, texts=False)
    assert [each["answer"] for each in withheld["attempts"]] == [None]
    assert '"message": ""' in withheld["request"]["body"]


def test_equal_answers_are_kept_once_and_those_of_deliveries_that_were_taken_not_at_all(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    widen(own, hook)
    owe(own, connection, 3)
    first, second, third = played(own, "t")
    over = [
        ended(first, 500, answer=b"down"),
        ended(second, 502, answer=b"down"),
        ended(third, 200, answer=b"fine"),
    ]
    played(own, "t", over, room=0)
    assert bodies(own, hook) == ["down"]
    for each, wanted in ((first, "down"), (second, "down"), (third, None)):
        assert [one["answer"] for one in whole(own, each.id)["attempts"]] == [wanted]


def test_an_attempt_that_somebody_asked_for_says_so_and_keeps_its_answer(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [one] = played(own, "t")
    played(own, "t", [ended(one, 500)], room=0)
    # Nobody asks within the same millisecond.
    time.sleep(0.005)
    assert again.now(own, hook) == 1
    [one] = played(own, "t")
    played(own, "t", [ended(one, 503)], room=0)
    own.db.hset(keys.delivery(one.id), "due_ms", 0)
    own.db.zadd(keys.hook_due(hook.id), {one.id: 1})
    look_again(own)
    [one] = played(own, "t")
    played(own, "t", [ended(one, 200, answer=b"fine")], room=0)
    record = log.get(own, WORKSPACE, one.id)
    time.sleep(0.005)
    again.again(own, WORKSPACE, record)
    [one] = played(own, "t")
    played(own, "t", [ended(one, 200, answer=b"fine")], room=0)
    attempts = whole(own, one.id)["attempts"]
    assert [each["by_hand"] for each in attempts] == [False, True, False, True]
    assert [each["answer"] for each in attempts] == [None, None, None, "fine"]


def test_only_the_newest_answers_are_kept_and_none_after_the_hook(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    for number in range(lifetimes.ANSWERS_KEPT + 5):
        [one] = played(own, "t")
        over = ended(one, 429, "1", answer=f"answer {number:03}".encode())
        played(own, "t", [over], room=0)
        wait_over(own, hook)
    kept = bodies(own, hook)
    assert len(kept) == lifetimes.ANSWERS_KEPT
    assert kept[-1] == f"answer {lifetimes.ANSWERS_KEPT + 4:03}"
    assert own.db.zcard(keys.hook_answers(hook.id)) == lifetimes.ANSWERS_KEPT
    for name in (keys.hook_answers(hook.id), keys.hook_bodies(hook.id)):
        assert 0 < own.db.ttl(name) <= lifetimes.ANSWERS_SECONDS
    subscriptions.remove(own, hook)
    assert not own.db.exists(keys.hook_answers(hook.id), keys.hook_bodies(hook.id))


def test_release_0_1_0_shows_the_fourth_value_of_an_attempt_as_its_detail() -> None:
    made = Attempt(at_ms=1, status=500, detail="The target answered 500.", took_ms=3)
    assert made.kept() == "[1,500,3]"
    assert made.kept("name", by_hand=True) == '[1,500,3,"The target answered 500.",1,"name"]'


def test_an_erased_person_is_in_no_answer(own: Services, connection: Connection) -> None:
    hook = subscribe(own)
    other = subscribe(own, phone="+14155550123")
    owe(own, connection, 1)
    for each in played(own, "t"):
        echo = b"text 0 is refused" if each.hook_id == hook.id else b"no +1 415 555 0123 here"
        played(own, "t", [ended(each, 500, answer=echo)], room=0)
    own.db.hset(keys.hook_bodies(hook.id), "another", "of somebody else")
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    erase(own, "+14155550123")
    assert bodies(own, hook) == ["of somebody else"]
    assert bodies(own, other) == []
