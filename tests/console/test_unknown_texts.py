"""Texts of unknown outcome: found whatever came since, and sent again by nobody's slip."""

from __future__ import annotations

import pytest

from proofs.rig.stack import World
from tests.console.browser import Browser
from tests.console.crowd import sent_jobs
from tests.console.visitor import Visitor


@pytest.fixture
def lost(world: World) -> str:
    """A text whose answer was lost, at a provider that cannot be asked."""
    world.connect_cloud()
    world.fault("cut_after", "POST /http/sms/send", key=world.cloud_key)
    job = str(world.send(message="Was it sent?").json()["id"])
    world.settled(job, "unknown")
    return job


def test_it_shows_the_text_and_what_to_look_for(user: Visitor, lost: str) -> None:
    page = user.page("/console/unknown")
    assert "To +14155550123" in page.text
    assert "Was it sent?" in page.text
    assert "Look at what the account of" in page.text
    assert "Unknown texts 1" in user.page("/").text, "the navigation counts them"


def test_closing_it_sends_nothing(user: Visitor, world: World, lost: str) -> None:
    before = len(world.sends(world.cloud_key))
    assert "closed as sent" in user.press(f"/console/unknown/{lost}/close").text
    job = world.job(lost)
    assert (job["status"], job["message"]) == ("sent", "Closed by hand: it arrived.")
    assert len(world.sends(world.cloud_key)) == before
    assert "The outcome of every text is known" in user.page("/console/unknown").text
    assert world.call("POST", f"/v1/jobs/{lost}/close").status_code == 409


def test_closing_one_leads_back_to_the_page_that_it_stood_on(user: Visitor, lost: str) -> None:
    here = "/console/unknown?cursor=99999999999999.job_0"
    [close] = [each for each in user.page(here).forms if each.partition("?")[0].endswith("/close")]
    answer = user.post(close, csrf=user.token())
    assert answer.url.endswith(here)
    assert "closed as sent" in answer.text


def test_no_page_sends_it_again_at_a_single_click(user: Visitor, world: World, lost: str) -> None:
    before, pages = len(world.sends(world.cloud_key)), (f"/console/jobs/{lost}", "/console/unknown")
    for path in (*pages, "/console/jobs", "/"):
        forms = [each for each in user.page(path).forms if lost in each]
        assert [each for each in forms if not each.endswith("/close")] == [], path
    asked = user.press(f"/console/jobs/{lost}/retry").text
    assert "the person gets it twice" in asked, "a page that is older than the doubt asks as well"
    assert world.job(lost)["status"] == "unknown"
    assert len(world.sends(world.cloud_key)) == before
    assert "The text goes out again" in user.press(f"/console/unknown/{lost}/again").text
    world.settled(lost)
    assert len(world.sends(world.cloud_key)) == before + 1
    assert user.get(f"/console/unknown/{lost}/again").status_code == 409


def test_who_decided_stands_in_the_audit_list(user: Visitor, world: World, lost: str) -> None:
    user.press(f"/console/unknown/{lost}/close")
    entry = world.get("/v1/audit")["data"][0]
    me = world.get("/v1/me")["key_id"]
    assert (entry["action"], entry["subject"], entry["by"]) == ("job.closed", lost, me)
    assert me in world.job(lost)["attempts"][-1]["detail"]


def test_a_key_that_sees_no_texts_may_decide_all_the_same(
    visitor: Visitor, world: World, lost: str
) -> None:
    key = world.post("/v1/keys", name="Blind", scopes=["read", "act"]).json()["key"]
    assert visitor.sign_in(key).ok
    page = visitor.page("/console/unknown")
    assert "Was it sent?" not in page.text
    assert "may not see what the text says" in page.text
    assert "closed as sent" in visitor.press(f"/console/unknown/{lost}/close").text


def test_a_key_that_only_reads_is_offered_no_decision(
    visitor: Visitor, world: World, lost: str
) -> None:
    key = world.post("/v1/keys", name="Reader", scopes=["read", "texts"]).json()["key"]
    assert visitor.sign_in(key).ok
    page = visitor.page("/console/unknown")
    assert "Was it sent?" in page.text
    assert [each for each in page.forms if lost in each] == []
    assert visitor.get(f"/console/unknown/{lost}/again").status_code == 403


@pytest.mark.page
@pytest.mark.slow
def test_it_is_found_behind_ten_thousand_newer_jobs(
    browser: Browser, world: World, lost: str
) -> None:
    connection = world.get("/v1/connections")["data"][0]["id"]
    sent_jobs(world.stack.db, world.name, connection, 10_000)
    browser.sign_in(world.key)
    browser.run("document.querySelector('nav a[href=\"/console/unknown\"]').click()")
    browser.arrive("Unknown texts")
    assert "Was it sent?" in browser.run("document.querySelector('.card').innerText")
    browser.press("Send again…")
    browser.arrive("Send again?")
    browser.press("Leave it")
    browser.arrive("Unknown texts")
    browser.press("It arrived: close")
    browser.until("document.querySelector('.notice')?.innerText.includes('closed as sent')")
    assert world.job(lost)["status"] == "sent"
    assert browser.complaints == []
