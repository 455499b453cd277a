"""The page of opt-outs: who gets no texts, tables in and out, and the workspace's own words."""

from __future__ import annotations

import pytest
import requests

from integration.store import keys
from proofs.rig.stack import World
from tests.console.visitor import Page, Visitor
from tests.platforms.heard import heard

HERE = "/console/opt-outs"
RULES = f"{HERE}/rules"
PHONE, OTHER = "+14155550123", "+12025550199"


@pytest.fixture(autouse=True)
def kept(world: World) -> None:
    world.stack.db.hset(keys.workspace(world.name), "opt_outs", "on")
    world.connect_pairfon()


def uploaded(user: Visitor, table: str, **fields: str) -> requests.Response:
    return user.web.post(
        user.stack.url + f"{HERE}/import",
        data={"csrf": user.token(), **fields},
        files={"table": ("people.csv", table, "text/csv")},
        timeout=90,
    )


def without_token(form: dict[str, str]) -> dict[str, str]:
    return {name: form[name] for name in ("phone", "connection", "sender") if form.get(name)}


def test_somebody_is_added_found_by_the_last_digits_and_lifted_with_a_reason(
    user: Visitor, world: World
) -> None:
    page = user.press(HERE, phone=f"{PHONE}, {OTHER}", reason="Letter of 1 March")
    assert "Added: no more texts." in page.text
    assert "every account" in page.text
    found = user.page(f"{HERE}?q=0123")
    assert PHONE in found.text
    assert OTHER not in found.text
    assert "By hand: Letter of 1 March" in found.text
    lift = f"{HERE}/lift?q=0123"
    form = found.forms[lift]
    without = user.press(lift, phone=form["phone"], connection=form["connection"])
    assert "Say how the person agreed" in without.text
    lifted = user.press(lift, **without_token(form), reason="Signed the form")
    assert "Lifted: this person gets texts again." in lifted.text
    assert OTHER not in lifted.text, "the list is filtered as before"
    assert PHONE in user.page(f"{HERE}?out=false").text
    assert PHONE not in user.page(f"{HERE}?out=true").text


def test_a_wrong_number_is_explained_at_its_field(user: Visitor) -> None:
    answer = user.post(HERE, csrf=user.token(), phone="call me")
    assert answer.status_code == 422
    assert "has letters in it" in Page(answer.text).text
    assert "call me" in answer.text, "what was typed stays"


def test_a_table_is_read_and_its_wrong_rows_are_named(user: Visitor) -> None:
    table = f"phone,note\n{PHONE},Letter\ncall me,\n"
    refused = uploaded(user, table)
    assert refused.status_code == 422
    text = Page(refused.text).text
    assert "Nothing of the table was taken" in text
    assert "Row 2: phone:" in text
    assert PHONE not in user.page(HERE).text
    taken = Page(uploaded(user, table, skip_wrong="on").text).text
    assert "1 number was read; 1 entry changed. 1 wrong row was left out:" in taken
    assert "By hand: Letter" in taken
    assert "one of them is phone" in Page(uploaded(user, "Name\nAmy\n").text).text


def test_the_list_is_downloaded_as_the_table_that_an_import_reads(user: Visitor) -> None:
    user.press(HERE, phone=PHONE)
    answer = user.get(f"{HERE}/export")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.text.splitlines()[1].startswith(PHONE)
    assert "1 number was read; 0 entries changed." in Page(uploaded(user, answer.text).text).text


def test_a_filtered_list_is_downloaded_as_it_is_shown(user: Visitor) -> None:
    user.press(HERE, phone=f"{PHONE}, {OTHER}")
    page = user.page(f"{HERE}?q=0123&out=true")
    [link] = [each for each in page.values("a", "href") if "/export" in each]
    table = user.get(link).text
    assert PHONE in table
    assert OTHER not in table


def test_the_words_are_chosen_and_the_check_is_switched_off(user: Visitor, world: World) -> None:
    assert "the usual words of" in user.page(HERE).text
    page = user.press(f"{HERE}/rules", enabled="false", stop_words="Basta, No more")
    assert "The check is switched off" in page.text
    assert "Basta, No more (your own)" in page.text
    assert world.get("/v1/opt-outs/rules")["enabled"] is False
    refused = user.post(f"{HERE}/rules", csrf=user.token(), enabled="true", stop_words="YES")
    assert "YES asks for texts or for help" in Page(refused.text).text
    back = user.press(f"{HERE}/rules", enabled="true", stop_words="")
    assert "the usual words of" in back.text


def test_a_text_and_a_refused_job_lead_to_what_their_person_wants(
    user: Visitor, world: World
) -> None:
    stop = heard(world, "Stop.")
    way = user.page(f"/console/activity/{stop}")
    assert "This word asks for no more texts." in way.text
    [link] = [each for each in way.values("a", "href") if each.startswith(HERE + "?")]
    assert "Texted Stop." in user.page(link).text
    job = world.send(message="Our offer", wait=25).json()["job"]
    assert link in user.page(f"/console/jobs/{job['id']}").values("a", "href")


def test_a_removed_connection_is_named_so_and_its_opt_outs_can_be_lifted(
    user: Visitor, world: World
) -> None:
    [connection] = world.get("/v1/connections")["data"]
    user.press(HERE, phone=PHONE, connection=connection["id"])
    world.call("DELETE", f"/v1/connections/{connection['id']}")
    page = user.page(HERE)
    assert f"{connection['id']} (removed)" in page.text
    form = without_token(page.forms[f"{HERE}/lift"])
    assert "gets texts again" in user.press(f"{HERE}/lift", **form, reason="Signed").text


def test_who_only_reads_is_offered_no_form_and_who_sees_no_texts_no_number(
    visitor: Visitor, world: World
) -> None:
    world.post("/v1/opt-outs", phone=PHONE)
    for scopes, seen in ((["read", "texts"], True), (["read"], False)):
        key = world.post("/v1/keys", name="Reader", scopes=scopes).json()["key"]
        visitor.sign_in(key)
        page = visitor.page(HERE)
        assert (PHONE in page.text) is seen
        assert not [each for each in page.forms if each.startswith(HERE)]
        refused = visitor.post(HERE, csrf=visitor.token(), phone=OTHER)
        assert refused.status_code == 403


def test_who_may_send_changes_opt_outs_and_not_their_rules(visitor: Visitor, world: World) -> None:
    scopes = ["read", "texts", "act"]
    visitor.sign_in(world.post("/v1/keys", name="Desk", scopes=scopes).json()["key"])
    assert {HERE, f"{HERE}/import"} == {*visitor.page(HERE).forms} & {HERE, f"{HERE}/import", RULES}
    assert visitor.post(RULES, csrf=visitor.token(), enabled="false").status_code == 403
    assert world.get("/v1/opt-outs/rules")["enabled"] is True
