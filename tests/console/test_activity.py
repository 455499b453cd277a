"""The page of activity, the way of a row, and a conversation that is answered."""

from __future__ import annotations

import csv
import io
import re

import pytest

from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.console.browser import Browser
from tests.console.crowd import sent_jobs
from tests.console.visitor import Page, Visitor
from tests.flows.pictured import comes_in, drawn, is_kept, twilio

PHONE = "+14155550123"


def links(page: Page, start: str) -> list[str]:
    return [each for each in page.values("a", "href") if each.startswith(start)]


def test_each_text_leads_to_its_deliveries_and_to_what_was_answered(
    user: Visitor, world: World, sink: Sink
) -> None:
    world.connect_pairfon()
    target = sink.url("/orders")
    world.post("/v1/hooks", trigger="inbound-sms", target_url=target, description="Orders Zap")
    world.inject("Is my table ready?")
    until(lambda: sink.calls("/orders"), "the delivery")
    job = world.settled(world.send(message="It is.").json()["id"])
    page = user.page("/console/activity?direction=in")
    [way] = links(page, "/console/activity/sms_")
    until(lambda: "Delivered." in user.page(way).text, "the recorded attempt")
    text = user.page(way)
    assert "Text from +14155550123" in text.text
    assert "Orders Zap" in text.text
    assert "Shown by the provider's" in text.text
    assert f"/console/jobs/{job['id']}" in links(text, "/console/jobs/")
    sent = user.page(f"/console/jobs/{job['id']}")
    assert links(sent, "/console/activity/sms_") == [way]
    deliveries = user.page("/console/activity?direction=delivery")
    [delivery] = links(deliveries, "/console/hooks/")
    [back] = links(user.page(delivery), "/console/activity/sms_")
    assert "Is my table ready?" in user.page(back).text


def test_a_conversation_shows_both_sides_and_is_answered_once(user: Visitor, world: World) -> None:
    connection = world.connect_pairfon()
    world.inject("Is my table ready?")
    world.inject("Somebody else", phone="+12025550199")
    until(lambda: len(world.inbox()) == 2, "both texts")
    here = f"/console/conversation?connection={connection}&phone=%2B14155550123"
    page = user.page(here)
    assert "Is my table ready?" in page.text
    assert "Somebody else" not in page.text
    form = {**page.forms[""], "message": "It is."}
    assert form["device_fingerprint"]
    answers = [user.post(here, **form) for _ in range(2)]
    assert all("It is." in Page(each.text).text for each in answers)
    until(lambda: world.sends(), "the answer sent")
    assert [each["text"] for each in world.sends()] == ["It is."]
    refused = user.post(here, **{**user.page(here).forms[""], "message": " "})
    assert refused.status_code == 422
    assert "Message" in Page(refused.text).text


def test_a_conversation_of_another_workspace_is_not_there(user: Visitor, world: World) -> None:
    other = world.stack.workspace()
    connection = other.connect_pairfon()
    here = f"/console/conversation?connection={connection}&phone=%2B14155550123"
    assert user.get(here).status_code == 404
    answer = user.post(here, csrf=user.token(), phone=PHONE, connection=connection, message="Hello")
    assert answer.status_code == 404
    assert other.sends() == []
    other.leave()


def test_the_list_is_read_page_by_page_and_as_a_table(user: Visitor, world: World) -> None:
    connection = world.connect_pairfon()
    # By webhook: reading them from the list would take a call each.
    world.inbox()
    path = f"/v1/connections/{connection}"
    until(lambda: world.get(path)["webhook"]["state"] == "registered", "our webhook")
    for number in range(60):
        world.inject(f"=Text {number}", phone=f"+1415555{number:04d}")
    until(lambda: len(world.get("/v1/triggers/inbound-sms", limit=100)) == 60, "all texts")
    seen, path = [], "/console/activity?direction=in"
    while path:
        page = user.page(path)
        seen += links(page, "/console/activity/sms_")
        path = "".join(f"/console/activity{each}" for each in links(page, "?") if "cursor" in each)
    assert len(seen) == len({*seen}) == 60
    answer = user.get("/console/activity/export?direction=in&q=0007")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert not {"Content-Length", "Content-Encoding"} & {*answer.headers}, "sent as it is made"
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["phone"], row["message"]) == ("+14155550007", "'=Text 7")


def test_an_id_leads_straight_to_its_page(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    world.inject("Hello")
    until(world.inbox, "the text")
    event = world.inbox()[0]["id"]
    assert "Text from" in user.page(f"/console/activity?q={event}").text
    job = world.settled(world.send().json()["id"])["id"]
    answer = user.get(f"/console/activity?q=+{job}+")
    assert answer.url.endswith(f"/console/jobs/{job}")


def test_a_key_without_texts_sees_who_and_when(visitor: Visitor, world: World) -> None:
    connection = world.connect_pairfon()
    world.inject("The vault opens at nine")
    until(world.inbox, "the text")
    world.send(message="Forty-two")
    key = world.post("/v1/keys", name="Blind", scopes=["read", "act"]).json()["key"]
    assert visitor.sign_in(key).ok
    [way] = links(visitor.page("/console/activity?direction=in"), "/console/activity/sms_")
    talk = f"/console/conversation?connection={connection}&phone=%2B14155550123"
    for path in ("/console/activity", way, talk, "/console/activity/export"):
        shown = visitor.get(path).text
        assert PHONE in shown
        assert not re.search("vault|Forty-two", shown), path


@pytest.mark.page
@pytest.mark.slow
def test_new_rows_wait_for_a_click_and_lead_to_their_way(browser: Browser, world: World) -> None:
    world.connect_pairfon()
    world.inject("First")
    until(world.inbox, "the text")
    browser.sign_in(world.key)
    browser.open("/console/activity?direction=in")
    world.inject("Second")
    browser.until("document.querySelector('.fresh')?.textContent === '1 new'")
    assert browser.run("[...document.querySelectorAll('.text')].length") == 1
    browser.press("1 new")
    browser.until("document.querySelectorAll('.text').length === 2")
    browser.run("document.querySelector('.from span a').click()")
    browser.until("document.querySelector('h1').textContent.startsWith('Text from')")
    browser.press("Open it and answer")
    browser.until("!!document.querySelector('#message')")
    browser.run("document.querySelector('#message').focus()")
    browser.type("Here I am")
    browser.run("document.querySelector('form.answer').requestSubmit()")
    browser.until("/Here I am/.test(document.querySelector('.talk')?.textContent)")
    browser.until("/(sent|delivered)/.test(document.querySelector('.out .under')?.textContent)")
    assert [each["text"] for each in world.sends()] == ["Here I am"]
    assert browser.complaints == []


def test_a_search_goes_on_by_itself_until_it_finds_an_old_text(
    browser: Browser, user: Visitor, world: World
) -> None:
    connection = world.connect_pairfon()
    world.settled(world.send(message="The blue umbrella is yours").json()["id"])
    sent_jobs(world.stack.db, world.name, connection, 6_000)
    page = user.page("/console/activity?q=umbrella")
    assert "Look further back" in page.text
    assert "blue umbrella" not in page.text
    browser.sign_in(world.key)
    browser.open("/console/activity?q=umbrella")
    browser.until("/blue umbrella/.test(document.querySelector('.feed')?.textContent)")
    browser.until("!document.querySelector('[data-further]')")
    assert browser.run("document.querySelectorAll('.feed > li').length") == 1
    browser.open("/console/activity?q=parasol")
    browser.until("/Nothing fits this filter/.test(document.querySelector('#end').textContent)")
    assert browser.complaints == []


def test_a_picture_is_seen_on_its_page_and_in_its_conversation(user: Visitor, world: World) -> None:
    [item] = comes_in(world, twilio(world), media=1)
    path = item["url"].removeprefix(world.stack.url)
    until(lambda: is_kept(world, item), "the file")
    [way] = links(user.page("/console/activity?direction=in"), "/console/activity/sms_")
    page = user.page(way)
    assert path in page.values("img", "src")
    connection = world.inbox()[0]["connection"]
    talk = user.page(f"/console/conversation?connection={connection}&phone=%2B14155550123")
    assert path in talk.values("img", "src")
    shown = user.get(path)
    assert shown.content == drawn(item)
    [row] = world.get("/v1/activity?direction=in")["data"]
    assert row["media"] == [item]
