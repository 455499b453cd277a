"""Who may see the console, and for how long."""

from __future__ import annotations

import time

import pytest

from integration.accounts import api_keys
from integration.store.vault import Vault
from proofs.rig.stack import Stack, World
from tests.console.visitor import Page, Visitor

COOKIE = "hookline_session"
PAGES = ("/", "/console/inbox", "/console/jobs/new/send-sms", "/console/keys", "/console/nowhere")


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_asked_for_a_key_first(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.url.startswith(f"{visitor.stack.url}/console/sign-in")
    assert "API key" in answer.text


def test_signing_in_leads_to_the_page_that_was_asked_for(visitor: Visitor, world: World) -> None:
    there = "/console/jobs?status=failed"
    [form] = Page(visitor.get(there).text).forms.values()
    assert form["next"] == there
    answer = visitor.post("/console/sign-in", **{**form, "key": world.key})
    assert answer.url == visitor.stack.url + there


@pytest.mark.parametrize("elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_signing_in_never_leads_to_another_host(
    visitor: Visitor, world: World, elsewhere: str
) -> None:
    answer = visitor.post(
        "/console/sign-in", follow=False, csrf=visitor.token(), key=world.key, next=elsewhere
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_the_cookie_is_for_the_browser_alone_and_does_not_hold_the_key(
    visitor: Visitor, world: World
) -> None:
    answer = visitor.post("/console/sign-in", follow=False, csrf=visitor.token(), key=world.key)
    given = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= set(given.split("; "))
    assert world.key not in given


def test_a_wrong_key_is_refused_in_a_sentence_and_the_sixteenth_has_to_wait(
    visitor: Visitor, world: World
) -> None:
    statuses = []
    for _ in range(16):
        answer = visitor.sign_in("hk_wrong")
        statuses.append(answer.status_code)
    assert statuses == [401] * 15 + [429]
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many failed authentications" in answer.text
    assert visitor.sign_in(world.key).ok, "a key that is known still opens"


@pytest.mark.parametrize("odd", ["hk_wörong", "hk_a\r\nX-API-Key: b", "\u202e", "k" * 9000])
def test_odd_keys_are_refused_like_any_other(visitor: Visitor, odd: str) -> None:
    assert visitor.sign_in(odd).status_code == 401


def test_a_form_without_a_key_says_what_to_paste(visitor: Visitor) -> None:
    answer = visitor.sign_in("  ")
    assert answer.status_code == 422
    assert "hk_" in answer.text


def test_a_revoked_key_ends_its_session(user: Visitor, world: World, stack: Stack) -> None:
    [record] = api_keys.listed(stack.db, world.name)
    assert "Overview" in user.get("/").text
    api_keys.revoke(stack.db, world.name, record["id"])
    answer = user.get("/")
    assert "/console/sign-in" in answer.url
    assert "revoked" in answer.text


def test_signing_out_ends_the_session_and_its_forms(user: Visitor) -> None:
    token = user.token()
    assert "You are signed out" in user.post("/console/sign-out", csrf=token).text
    assert "/console/sign-in" in user.get("/").url
    assert user.post("/console/sign-out", csrf=token).status_code == 403


def test_a_session_is_over_after_its_time_and_nothing_else_that_was_sealed_is_one(
    visitor: Visitor, world: World, stack: Stack
) -> None:
    [record] = api_keys.listed(stack.db, world.name)
    who = {"nonce": "00", "workspace": world.name, "key_id": record["id"]}
    later, vault = int(time.time()) + 600, Vault(stack.settings["SECRET_KEY"])
    offered = {
        vault.seal(["console session", {**who, "ends": later}]): True,
        vault.seal(["console session", {**who, "ends": int(time.time()) - 1}]): False,
        vault.seal(["console notice", {**who, "ends": later}]): False,
        vault.seal({"api_key": "pf_1"}): False,
        Vault("another secret key of 32 letters").seal(["console session", who]): False,
        "nonsense": False,
    }
    for value, opens in offered.items():
        visitor.web.cookies.clear()
        answer = visitor.web.get(stack.url, cookies={COOKIE: value}, timeout=40)
        assert ("/console/sign-in" not in answer.url) == opens


def test_a_key_that_may_only_look_presses_no_button(
    visitor: Visitor, world: World, stack: Stack
) -> None:
    world.connect_pairfon()
    _, key = api_keys.create(stack.db, world.name, "viewer", scopes=["read"])
    assert visitor.sign_in(key).ok
    page = visitor.page("/")
    assert set(page.forms) == {"/console/sign-out"}
    assert visitor.get("/console/keys").status_code == 403
    answer = visitor.post("/console/inbox/check", csrf=visitor.token())
    assert answer.status_code == 403
    assert "scope" in answer.text
