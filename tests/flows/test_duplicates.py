"""The same text to the same number within a chosen time: refused, with the job that it met."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import NEXT_YEAR, World

PHONE, OTHER = "+14155550123", "+12025550199"
HOUR = 3600


@pytest.fixture
def phones(world: World) -> World:
    world.connect_pairfon()
    return world


def refused(answer: Any, met: str) -> None:
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["type"] == "urn:hookline:problem:duplicate"
    assert problem["job_id"] == met
    assert problem["message"].startswith(f"The same text to this number was accepted as {met}")


def test_of_twenty_equal_calls_at_once_one_is_accepted(phones: World) -> None:
    with ThreadPoolExecutor(20) as pool:
        sends = [pool.submit(phones.send, deduplicate_within=HOUR) for _ in range(20)]
    answers = [each.result() for each in sends]
    [first] = [each.json()["id"] for each in answers if each.status_code == 202]
    for answer in (each for each in answers if each.status_code != 202):
        refused(answer, first)
    phones.settled(first)
    assert len(phones.sends()) == 1
    assert [each["id"] for each in phones.get("/v1/jobs")["data"]] == [first]


def test_nothing_is_refused_where_nobody_asks_for_it(phones: World) -> None:
    for _ in range(2):
        assert phones.send(wait=25).status_code == 200
    assert phones.send(deduplicate_within=HOUR, wait=25).status_code == 200
    assert phones.send(deduplicate_within=0, wait=25).status_code == 200
    assert len(phones.sends()) == 4


def test_only_the_same_text_to_the_same_number_by_the_same_action_is_a_duplicate(
    phones: World,
) -> None:
    first = phones.send(deduplicate_within=HOUR).json()["id"]
    assert phones.send(deduplicate_within=HOUR, message="Another").status_code == 202
    assert phones.send(deduplicate_within=HOUR, phone=OTHER).status_code == 202
    spelled = phones.send(deduplicate_within=HOUR, phone="00 1 (415) 555-0123")
    refused(spelled, first)
    folded = {"message": "It\u2019s ready", "deduplicate_within": HOUR}
    plain = phones.send(**folded, fold=True).json()["id"]
    refused(phones.send(message="It's ready", deduplicate_within=HOUR), plain)
    assert phones.send(**folded).status_code == 202


def test_in_a_batch_only_that_recipient_is_refused(phones: World) -> None:
    first = phones.send(deduplicate_within=HOUR).json()["id"]
    both = phones.send(phone=[PHONE, OTHER], deduplicate_within=HOUR, wait=25).json()
    assert both["status"] == "partial"
    assert "1 of 2 sent" in both["message"]
    again, sent = both["jobs"]
    assert again["status"] == "failed"
    assert sent["status"] in ("sent", "delivered")
    assert (again["error"]["code"], again["error"]["job_id"]) == ("duplicate", first)
    assert len(phones.sends()) == 2
    refused(phones.send(phone=[PHONE, OTHER], deduplicate_within=HOUR), first)
    asked = phones.post(f"/v1/jobs/{again['id']}/retry")
    assert asked.status_code == 202
    phones.settled(again["id"])
    assert len(phones.sends()) == 3, "somebody has decided that it goes out twice"


def test_a_repeat_under_an_idempotency_key_gets_the_first_answer(phones: World) -> None:
    given = {"deduplicate_within": HOUR, "idempotency_key": "order-1"}
    first = phones.send(**given)
    again = phones.send(**given)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(phones.send(**{**given, "idempotency_key": "order-2"}), first.json()["id"])


def test_a_text_that_was_not_sent_refuses_none(phones: World) -> None:
    phones.fault("status", "POST /zapier/send-sms", code=400)
    failed = phones.send(deduplicate_within=HOUR, wait=25)
    assert failed.status_code == 400, failed.text
    second = phones.send(deduplicate_within=HOUR, wait=25)
    assert second.status_code == 200
    refused(phones.send(deduplicate_within=HOUR), second.json()["id"])
    later = f"{NEXT_YEAR}T09:00:00Z"
    waits = phones.send(phone=OTHER, deduplicate_within=HOUR, schedule_at=later).json()["id"]
    phones.call("DELETE", f"/v1/jobs/{waits}")
    assert phones.send(phone=OTHER, deduplicate_within=HOUR, schedule_at=later).status_code == 202


def test_scheduled_texts_are_compared_by_when_they_go_out(phones: World) -> None:
    def at(hour: str) -> Any:
        moment = f"{NEXT_YEAR}T{hour}:00Z"
        return phones.send(deduplicate_within=HOUR, schedule_at=moment)

    first = at("09:00").json()["id"]
    assert at("10:01").status_code == 202
    refused(at("08:30"), first)
    assert phones.send(deduplicate_within=HOUR).status_code == 202


def test_the_workspace_has_a_rule_that_a_call_may_change(phones: World) -> None:
    assert phones.get("/v1/sending/rules")["deduplicate_within"] == 0
    assert phones.send().status_code == 202
    changed = phones.call("PATCH", "/v1/sending/rules", json={"deduplicate_within": HOUR})
    assert changed.json()["deduplicate_within"] == HOUR
    first = phones.send().json()["id"]
    refused(phones.send(), first)
    assert phones.send(deduplicate_within=0).status_code == 202
    wrong = phones.call("PATCH", "/v1/sending/rules", json={"deduplicate_within": 259_201})
    assert wrong.status_code == 422
    [note] = [
        each
        for each in phones.get("/v1/audit")["data"]
        if each["action"] == "sending.rules-changed"
    ]
    assert note["detail"] == "deduplicate_within 3600"


def test_the_store_holds_neither_the_number_nor_the_text_and_not_for_longer(phones: World) -> None:
    job = phones.send(deduplicate_within=HOUR).json()["id"]
    db = phones.stack.db
    [name] = db.scan_iter(keys.texts(phones.name, "*"))
    assert re.fullmatch(r"[a-z2-7]{32}", name.rpartition(":")[2])
    assert db.zrange(name, 0, -1) == [job]
    assert 0 < db.pttl(name) <= HOUR * 1000


def test_after_its_time_the_same_text_is_accepted(phones: World) -> None:
    assert phones.send(deduplicate_within=1).status_code == 202
    until(lambda: phones.send(deduplicate_within=1).status_code == 202, "the text forgotten")
    db = phones.stack.db
    until(lambda: not [*db.scan_iter(keys.texts(phones.name, "*"))], "nothing of it kept")
