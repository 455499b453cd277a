"""What every page owes: headers, own assets, nobody else's data, texts that stay texts."""

from __future__ import annotations

import re

import pytest
import requests

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.console.visitor import Page, Visitor

PAGES = (
    "/",
    "/console/activity",
    "/console/activity?phone=%2B14155550123",
    "/console/activity?direction=out&status=failed",
    "/console/inbox",
    "/console/jobs?status=failed",
    "/console/jobs/new/send-sms",
    "/console/jobs/new/create-group",
    "/console/hooks",
    "/console/hooks/new",
    "/console/unknown",
    "/console/connections",
    "/console/connections/new/pairfon",
    "/console/connections/new/cloud-messaging",
    "/console/keys",
    "/console/apps",
    "/console/apps/zapier",
    "/console/activity?direction=account",
    "/console/inbox?trigger=message-status",
    "/console/unreadable",
    "/console/opt-outs",
    "/console/opt-outs?q=0123&out=true",
)
BEAT = keys.heartbeat("worker")
UNLABELLED = ("hidden", "checkbox")
"""Checkboxes stand within their labels."""
HOSTILE = (
    "<script>document.title = 'taken'</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "\u202eevil\u202c \u2066mark",
    "مرحبا & <b>bold</b>",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_strict_about_what_it_loads(user: Visitor, path: str) -> None:
    answer = user.get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    loaded = page.values("script", "src") + page.values("img", "src") + page.values("link", "href")
    assert all(each.startswith("/console/static/") for each in loaded)
    assert not any("style" in given or "onclick" in given for _, given in page.tags)
    assert "<style" not in answer.text
    assert re.findall(r"<script(?! src=)", answer.text) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_field_has_a_label_and_every_page_one_heading(user: Visitor, path: str) -> None:
    page = user.page(path)
    labels = set(page.values("label", "for"))
    fields = [
        given
        for tag, given in page.tags
        if tag in ("input", "select", "textarea")
        and given.get("type") not in UNLABELLED
        and given.get("type") not in ("hidden", "checkbox")
    ]
    assert {given.get("id") for given in fields if "hidden" not in given} <= labels
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_the_assets_are_served_and_may_be_kept(user: Visitor) -> None:
    page = user.page("/")
    for each in page.values("script", "src") + page.values("link", "href"):
        answer = user.get(each)
        assert answer.ok
        assert "immutable" in answer.headers["Cache-Control"]


def test_an_empty_workspace_shows_what_to_do(user: Visitor) -> None:
    told = {
        "/": "Connect a provider",
        "/console/activity": "First connect a provider",
        "/console/hooks": "No hook is there yet",
        "/console/connections": "Choose your provider below",
        "/console/unreadable": "Every webhook and row was understood",
    }
    for path, sentence in told.items():
        assert sentence in user.page(path).text


def test_hostile_texts_are_shown_as_they_were_written(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    for each in HOSTILE:
        world.inject(each, phone="<i>Bank</i>" if each is HOSTILE[0] else "+14155550123")
    until(lambda: len(world.inbox()) == len(HOSTILE), "all messages in the inbox")
    answer = user.get("/console/activity")
    page = Page(answer.text)
    for each in HOSTILE:
        assert each in page.text
    assert not {"b", "i"} & {tag for tag, given in page.tags if given.get("src") == "x"}
    assert [given for tag, given in page.tags if tag == "img" and given.get("src") == "x"] == []
    assert answer.text.count("<script") == 1


def test_texts_are_shown_where_they_are_looked_for(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=world.stack.url + "/nowhere")
    world.inject("Secret words that came in")
    until(world.inbox, "the message in the inbox")
    job = world.settled(world.send(message="Secret words that went out").json()["id"])
    paths = [*PAGES, f"/console/jobs/{job['id']}", f"/console/hooks/{hook.json()['id']}"]
    holding = {path for path in paths if "Secret words" in user.get(path).text}
    assert holding == {
        "/console/activity",
        "/console/activity?phone=%2B14155550123",
        "/console/inbox",
        f"/console/jobs/{job['id']}",
    }
    assert "Secret words" not in world.stack.logs()


def test_filters_narrow_the_feed_and_a_bad_one_is_explained(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    world.inject("One")
    world.inject("Two", phone="+14155550199")
    until(lambda: len(world.inbox()) == 2, "both messages")
    found = user.page("/console/activity?q=(415)+555-0199").text
    assert "Two" in found
    assert "One" not in found
    assert "fits this filter" in user.page("/console/activity?q=nothing+such").text
    answer = user.get("/console/activity?since=yesterday")
    assert answer.status_code == 422
    assert "From must be a time with an offset" in answer.text


def test_nothing_of_another_workspace_can_be_seen_or_touched(user: Visitor, stack: Stack) -> None:
    other = stack.workspace()
    connection = other.connect_pairfon()
    other.inject("Theirs alone")
    until(other.inbox, "their message")
    job = other.settled(other.send().json()["id"])["id"]
    hook = other.post("/v1/hooks", trigger="inbound-sms", target_url=stack.url + "/x").json()["id"]
    for path in PAGES:
        seen = user.get(path).text
        assert not [each for each in (connection, job, hook, "Theirs alone") if each in seen]
    for path in (
        f"/console/jobs/{job}",
        f"/console/hooks/{hook}",
        f"/console/connections/{connection}",
        f"/console/connections/{connection}/edit",
    ):
        assert user.get(path).status_code == 404
    for path in (
        f"/console/jobs/{job}/retry",
        f"/console/hooks/{hook}/pause",
        f"/console/connections/{connection}/delete",
    ):
        answer = user.post(path, follow=False, csrf=user.token())
        assert "in this workspace" in user.get("/console/keys").text, path
        assert answer.status_code == 303
    user.post(f"/console/hooks/{hook}/delete", csrf=user.token())
    assert other.get(f"/v1/hooks/{hook}")["status"] == "active"
    assert other.get("/v1/connections")["data"][0]["id"] == connection


def test_a_page_that_is_not_there_says_so_on_a_page(user: Visitor) -> None:
    answer = user.get("/console/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_the_overview_says_that_the_worker_is_missing(user: Visitor, stack: Stack) -> None:
    def verdict() -> str:
        return user.page("/").text

    until(lambda: "Everything is running" in verdict(), "all that runs on the page")
    until(lambda: 0 < stack.db.ttl(BEAT) <= 15, "a heartbeat that ends by itself")
    stack.kill("worker")
    try:
        stack.db.delete(BEAT)
        until(lambda: "The worker No worker" in verdict(), "the missing worker on the page")
    finally:
        stack.start("worker")
    until(stack.is_ready, "the worker back")


def test_the_console_says_so_while_the_store_is_away(user: Visitor, stack: Stack) -> None:
    stack.pause("redis")
    try:
        answer: requests.Response = user.get("/console/activity")
    finally:
        stack.resume("redis")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "cannot reach its data store" in answer.text
    until(lambda: user.get("/console/activity").ok, "the console back")
