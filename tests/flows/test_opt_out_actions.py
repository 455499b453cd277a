"""Opt-outs as actions and a search of the catalog: done at once, and once for a key."""

from __future__ import annotations

from typing import Any

import pytest

from integration.store import keys
from proofs.rig.stack import World

PHONE, OTHER, OWN = "+14155550123", "+12025550199", "+14155550100"


@pytest.fixture
def phones(world: World) -> World:
    world.stack.db.hset(keys.workspace(world.name), "opt_outs", "on")
    world.connect_pairfon()
    return world


def acted(world: World, key: str, **body: Any) -> dict[str, Any]:
    answer = world.call("POST", f"/v1/actions/{key}", json=body)
    assert answer.status_code in (200, 202), answer.text
    return dict(answer.json())


def found(world: World, phone: str = PHONE, **query: str) -> list[dict[str, Any]]:
    return list(world.get("/v1/searches/find-opt-out", phone=phone, **query))


def test_an_opt_out_is_added_found_and_removed(phones: World) -> None:
    job = acted(phones, "add-opt-out", phone="+1 415 555 0123", reason="Letter", wait=25)
    assert (job["status"], job["message"]) == ("sent", "Opted out.")
    assert job["result"] == {"phone": PHONE, "opted_out": True, "changed": 1}
    assert phones.job(str(job["id"])) == job
    assert phones.send(message="Our offer", wait=25).json()["job"]["error"]["code"] == "opted_out"
    [row] = found(phones)
    assert (row["phone"], row["opted_out"], row["note"]) == (PHONE, True, "Letter")
    without = phones.call("POST", "/v1/actions/remove-opt-out", json={"phone": PHONE})
    assert without.status_code == 422
    assert "reason" in without.json()["errors"]
    gone = acted(phones, "remove-opt-out", phone=PHONE, reason="Signed the form")
    assert (gone["status"], gone["message"]) == ("sent", "This person gets texts again.")
    assert found(phones) == []
    assert phones.send(message="Welcome back", wait=25).status_code == 200


def test_several_people_are_one_batch_and_the_jobs_are_listed(phones: World) -> None:
    batch = acted(phones, "add-opt-out", phone=[PHONE, OTHER], sender=OWN)
    assert (batch["status"], batch["message"]) == ("sent", "2 of 2 sent.")
    assert {each["id"] for each in batch["jobs"]} == {
        each["id"] for each in phones.get("/v1/jobs")["data"]
    }
    assert found(phones, OTHER, sender=OWN)
    assert found(phones, OTHER, sender="+14155550101") == []


@pytest.mark.parametrize("form", ["14155550123", " 1 415 555-0123", "tel:+14155550123"])
def test_a_person_is_found_by_the_number_in_another_form(phones: World, form: str) -> None:
    acted(phones, "add-opt-out", phone=PHONE)
    assert [each["phone"] for each in found(phones, form)] == [PHONE]


@pytest.mark.parametrize("phone", ["4155550123", f"{PHONE},{OTHER}", "☎", "no number at all"])
def test_nothing_is_said_of_somebody_who_cannot_be_found_by_that(phones: World, phone: str) -> None:
    acted(phones, "add-opt-out", phone=PHONE)
    answer = phones.call("GET", "/v1/searches/find-opt-out", params={"phone": phone})
    assert answer.status_code == 422, answer.text
    assert "phone" in answer.json()["errors"]
    assert found(phones, "40404") == found(phones, "MyBank") == []


def test_an_idempotency_key_gives_the_first_answer_and_does_nothing_more(phones: World) -> None:
    def call(reason: str) -> tuple[int, dict[str, Any], str]:
        body = {"phone": PHONE, "reason": reason, "idempotency_key": "row-17"}
        answer = phones.call("POST", "/v1/actions/add-opt-out", json=body)
        return answer.status_code, answer.json(), answer.headers.get("Idempotency-Replayed", "")

    status, first, again = call("Letter")
    assert (status, again) == (202, "")
    acted(phones, "remove-opt-out", phone=PHONE, reason="Signed the form")
    assert call("Letter") == (202, first, "true")
    assert found(phones) == []
    assert call("Another letter")[0] == 409


def test_what_it_cannot_do_is_refused_and_leaves_no_job(phones: World) -> None:
    wrong = {"phone": PHONE, "connection": "conn_of_somebody_else", "reason": "x"}
    for key in ("add-opt-out", "remove-opt-out"):
        assert phones.call("POST", f"/v1/actions/{key}", json=wrong).status_code == 404
    assert phones.get("/v1/jobs")["data"] == []
    phones.key = str(phones.post("/v1/keys", name="R", scopes=["read", "texts"]).json()["key"])
    assert phones.call("POST", "/v1/actions/add-opt-out", json={"phone": PHONE}).status_code == 403
    assert found(phones) == []


def test_where_nobody_looks_at_the_register_it_says_so(phones: World) -> None:
    phones.stack.db.hset(keys.workspace(phones.name), "opt_outs", "off")
    job = acted(phones, "add-opt-out", phone=PHONE)
    assert str(job["message"]).endswith("so texts still go out.")
    again = acted(phones, "add-opt-out", phone=PHONE)
    assert str(again["message"]).startswith("This person had opted out before.")
