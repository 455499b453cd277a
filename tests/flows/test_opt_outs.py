"""The register of opt-outs over HTTP: listed, exported, added, imported, lifted; its rules."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import requests

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import NEXT_YEAR, World

PHONE, OTHER = "+14155550123", "+12025550199"


@pytest.fixture
def phones(world: World) -> World:
    world.stack.db.hset(keys.workspace(world.name), "opt_outs", "on")
    world.connect_pairfon()
    return world


def listed(world: World, **query: str) -> list[dict[str, Any]]:
    found = world.get("/v1/opt-outs", **query)
    assert found["next_cursor"] is None
    return list(found["data"])


def lift(world: World, **body: str) -> requests.Response:
    return world.call("DELETE", "/v1/opt-outs", json=body)


def test_somebody_who_is_added_is_not_texted_until_it_is_lifted_with_a_reason(
    phones: World,
) -> None:
    added = phones.post("/v1/opt-outs", phone="+1 (415) 555-0123", reason="Asked on the phone")
    nothing = {"skipped": 0, "refused": 0, "reasons": []}
    assert added.json() == {"numbers": 1, "changed": 1, **nothing}
    [row] = listed(phones)
    assert row.pop("changed_at")
    assert row == {
        "phone": PHONE,
        "connection": "every",
        "sender": None,
        "opted_out": True,
        "by": "hand",
        "note": "Asked on the phone",
    }
    refused = phones.send(message="Our offer", wait=25)
    assert refused.status_code == 422
    assert "opted out by hand" in refused.json()["message"]
    without = lift(phones, phone=PHONE)
    assert without.status_code == 422
    assert "Say how the person agreed" in without.json()["message"]
    assert lift(phones, phone=PHONE, reason="Signed the form").json()["changed"] == 1
    assert lift(phones, phone=PHONE, reason="Signed the form").json()["changed"] == 0
    assert phones.send(message="Welcome back", wait=25).status_code == 200
    assert [each["note"] for each in listed(phones, out="false")] == ["Signed the form"]


def test_a_change_is_an_event_and_a_note_without_the_number(phones: World) -> None:
    phones.post("/v1/opt-outs", phone=PHONE)
    lift(phones, phone=PHONE, reason="Signed the form")
    [connection] = phones.get("/v1/connections")["data"]
    for about in ({}, {"connection": connection["id"]}):
        changes = phones.get("/v1/triggers/opt-out-changed", **about)
        assert [each["opted_out"] for each in changes] == [False, True]
    trail = phones.get("/v1/audit")["data"]
    assert [each["action"] for each in trail][:2] == ["opt-outs.lifted", "opt-outs.added"]
    assert PHONE not in str(trail)


def test_an_export_is_imported_again_and_changes_nothing_that_is_later(phones: World) -> None:
    rows = [{"phone": PHONE, "reason": "=1+1"}, {"phone": OTHER, "sender": "+14155550100"}]
    assert phones.post("/v1/opt-outs", rows=rows).json()["changed"] == 2
    lift(phones, phone=OTHER, reason="Asked for it")
    answer = phones.call("GET", "/v1/opt-outs?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert {each["phone"]: each["opted_out"] for each in table} == {PHONE: "true", OTHER: "false"}
    assert {each["note"] for each in table} == {"'=1+1", "Asked for it"}
    again = imported(phones, answer.text)
    told = again.json()
    assert (told["numbers"], told["changed"], told["skipped"]) == (1, 0, 1)
    assert [each["phone"] for each in listed(phones, out="true")] == [PHONE]


def test_an_export_names_people_as_the_register_does(phones: World) -> None:
    head = "phone,connection,sender,opted_out,by,note,changed_at"
    others = ["40404", "MyBank", "4155550161"]
    table = "\r\n".join(
        [head, *(f"{each},,,true,word,STOP,2026-01-31T09:00:00Z" for each in others)]
    )
    told = imported(phones, table)
    assert told.status_code == 200, told.text
    assert {each["phone"] for each in listed(phones)} == {*others}
    exported = phones.call("GET", "/v1/opt-outs?format=csv").text
    assert imported(phones, exported).json()["numbers"] == len(others)
    assert imported(phones, "phone\r\n40404").status_code == 422
    wrong = imported(phones, f"{head}\r\n☎,,,true,word,,")
    assert "is not a phone number" in wrong.json()["message"]


def imported(world: World, text: str, query: str = "") -> requests.Response:
    headers = {"Content-Type": "text/csv"}
    return world.call("POST", f"/v1/opt-outs{query}", data=text.encode(), headers=headers)


def test_a_table_of_another_system_is_read_and_a_wrong_row_refuses_all(phones: World) -> None:
    table = "\ufeffName;Number;Note\r\nAmy;+1 415 555 0123;Letter\r\nBob;{};\r\n"
    refused = imported(phones, table.format("call me"))
    assert refused.status_code == 422
    assert refused.json()["errors"]["rows"][0].startswith("Row 2: phone:")
    assert listed(phones) == []
    skipping = imported(phones, table.format("call me"), "?skip_wrong=true").json()
    assert (skipping["numbers"], skipping["refused"]) == (1, 1)
    assert skipping["reasons"][0].startswith("Row 2: phone:")
    body = {"rows": [{"phone": OTHER}, {"phone": "call me"}], "skip_wrong": True}
    assert phones.post("/v1/opt-outs", **body).json()["refused"] == 1
    assert imported(phones, table.format(OTHER)).json()["numbers"] == 2
    assert {each["phone"]: each["note"] for each in listed(phones)} == {PHONE: "Letter", OTHER: ""}
    assert "one of them is phone" in imported(phones, "Name\nAmy\n").json()["message"]


@pytest.mark.parametrize("heads", ["Phone,Number", "to,Name,phone", "phone,phone"])
def test_a_table_with_two_columns_for_one_field_is_refused(phones: World, heads: str) -> None:
    answer = imported(phones, f"{heads}\n{PHONE},{OTHER},{OTHER}\n")
    assert answer.status_code == 422, answer.text
    assert answer.json()["message"].startswith("Two columns of the table are phone (")
    assert listed(phones) == []


def test_the_list_is_read_page_by_page_and_filtered(phones: World) -> None:
    rows = [{"phone": f"+1415555010{place}"} for place in range(5)]
    phones.post("/v1/opt-outs", rows=rows)
    first = phones.get("/v1/opt-outs", limit=3)
    second = phones.get("/v1/opt-outs", limit=3, cursor=first["next_cursor"])
    found = [each["phone"] for each in (*first["data"], *second["data"])]
    assert sorted(found) == [each["phone"] for each in rows]
    [one] = listed(phones, phone="+1 415 555 0102")
    assert one["phone"] == "+14155550102"
    [connection] = phones.get("/v1/connections")["data"]
    phones.post("/v1/opt-outs", phone=OTHER, connection=connection["id"])
    assert len(listed(phones, connection=connection["id"])) == 6
    assert len(listed(phones, connection="every")) == 5
    assert [each["phone"] for each in listed(phones, ending="0103")] == ["+14155550103"]
    assert listed(phones, sender="+14155550100") == []
    assert phones.call("GET", "/v1/opt-outs?ending=x").status_code == 422


def test_the_words_and_the_switch_are_the_workspace_s_own(phones: World) -> None:
    rules = phones.get("/v1/opt-outs/rules")
    assert (rules["enabled"], rules["stop_words"]) == (True, [])
    assert "STOP" in rules["usual_words"]["English"]
    refused = phones.call("PATCH", "/v1/opt-outs/rules", json={"stop_words": ["YES"]})
    assert refused.status_code == 422
    changed = phones.call("PATCH", "/v1/opt-outs/rules", json={"stop_words": "Basta, No more"})
    assert changed.json()["stop_words"] == ["Basta", "No more"]
    assert changed.json()["enabled"] is True
    back = phones.call("PATCH", "/v1/opt-outs/rules", json={"stop_words": []})
    assert back.json()["stop_words"] == []
    off = phones.call("PATCH", "/v1/opt-outs/rules", json={"enabled": "no"})
    assert off.json()["enabled"] is False
    phones.post("/v1/opt-outs", phone=PHONE)
    until(lambda: phones.send(message="Off", wait=25).status_code == 200, "a text, with it off")


def test_numbers_take_a_key_that_reads_texts_and_changes_one_that_acts(phones: World) -> None:
    def key(*scopes: str) -> str:
        return str(phones.post("/v1/keys", name="One", scopes=list(scopes)).json()["key"])

    without_texts, reader = key("read", "act"), key("read", "texts")
    phones.key = without_texts
    assert phones.call("GET", "/v1/opt-outs").status_code == 403
    assert phones.post("/v1/opt-outs", phone=PHONE).status_code == 200
    phones.key = reader
    assert len(listed(phones)) == 1
    assert phones.post("/v1/opt-outs", phone=OTHER).status_code == 403
    assert lift(phones, phone=PHONE, reason="x").status_code == 403


def test_an_opt_out_of_a_removed_connection_is_listed_and_lifted(phones: World) -> None:
    [connection] = phones.get("/v1/connections")["data"]
    phones.post("/v1/opt-outs", phone=PHONE, connection=connection["id"])
    assert phones.call("DELETE", f"/v1/connections/{connection['id']}").status_code == 200
    assert [each["connection"] for each in listed(phones)] == [connection["id"]]
    other = lift(phones, phone=PHONE, reason="Signed", connection="conn_other")
    assert other.status_code == 404
    lifted = lift(phones, phone=PHONE, reason="Signed", connection=connection["id"])
    assert lifted.json()["changed"] == 1
    assert listed(phones, out="true") == []


def test_a_scheduled_text_to_somebody_opted_out_fails_at_once_and_others_wait(
    phones: World,
) -> None:
    phones.post("/v1/opt-outs", phone=PHONE)
    later = f"{NEXT_YEAR}T09:00:00Z"
    sent = phones.send(phone=[OTHER, PHONE], message="Our offer", schedule_at=later).json()
    waits, fails = [each["id"] for each in sent["jobs"]]
    ended = phones.settled(fails, "failed")
    assert ended["error"]["code"] == "opted_out"
    assert phones.job(waits)["status"] == "scheduled"
    assert phones.sends() == []
