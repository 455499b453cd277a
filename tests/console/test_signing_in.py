"""Who may see the console, and for how long."""

from __future__ import annotations

import hashlib
import json

import pytest
import requests

from integration.accounts import api_keys
from integration.store import keys
from integration.store.vault import Vault
from proofs.rig.sandbox import until
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
    there = "/console/hooks?state=failing"
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


def opens(stack: Stack, cookie: str) -> bool:
    answer = requests.get(stack.url, cookies={COOKIE: cookie}, timeout=90)
    return "/console/sign-in" not in answer.url


def record_of(cookie: str) -> str:
    """The key of a session's record."""
    return keys.console_session(hashlib.sha256(cookie.encode()).hexdigest())


def test_a_cookie_copied_before_sign_out_opens_nothing_after_it(
    user: Visitor, stack: Stack
) -> None:
    copied = user.web.cookies[COOKIE]
    assert opens(stack, copied)
    user.post("/console/sign-out", csrf=user.token())
    assert not opens(stack, copied)
    assert not stack.db.exists(record_of(copied))


def test_signing_out_in_one_browser_leaves_the_others_signed_in(
    user: Visitor, world: World, stack: Stack
) -> None:
    other = Visitor(stack)
    assert other.sign_in(world.key).ok
    user.post("/console/sign-out", csrf=user.token())
    assert "Overview" in other.get("/").text
    other.web.close()


def test_signing_in_again_ends_the_session_before(
    user: Visitor, world: World, stack: Stack
) -> None:
    before = user.web.cookies[COOKIE]
    assert user.sign_in(world.key).ok
    assert not opens(stack, before)
    assert opens(stack, user.web.cookies[COOKIE])


def test_a_visitors_cookie_is_never_one_that_signs_in(visitor: Visitor, world: World) -> None:
    visitor.get("/")
    known_before = visitor.web.cookies[COOKIE]
    assert visitor.sign_in(world.key).ok
    assert visitor.web.cookies[COOKIE] != known_before
    assert not opens(visitor.stack, known_before)


def test_the_store_holds_no_secret_of_a_session_and_keeps_nothing_of_a_visitor(
    user: Visitor, stack: Stack
) -> None:
    secret = user.web.cookies[COOKIE]
    held = {name: stack.db.get(name) for name in stack.db.scan_iter(keys.console_session("*"))}
    assert record_of(secret) in held
    assert secret not in str(held)
    Visitor(stack).get("/console/sign-in")
    # A session of another test may end meanwhile.
    assert set(stack.db.scan_iter(keys.console_session("*"))) <= set(held)


def test_a_request_keeps_a_session_for_two_hours_and_never_past_its_end(
    user: Visitor, stack: Stack
) -> None:
    name = record_of(user.web.cookies[COOKIE])
    stack.db.expire(name, 60)
    assert "Overview" in user.get("/").text
    assert 7_100 < stack.db.ttl(name) <= 7_200
    record = json.loads(stack.db.get(name))
    record["ends_ms"] -= (12 * 3600 - 600) * 1000
    stack.db.set(name, json.dumps(record), ex=7_200)
    assert "Overview" in user.get("/").text
    assert stack.db.ttl(name) <= 600
    record["ends_ms"] -= 600_000
    stack.db.set(name, json.dumps(record), ex=7_200)
    assert "/console/sign-in" in user.get("/").url


def test_a_key_made_again_with_the_same_text_revives_no_session(
    user: Visitor, world: World, stack: Stack
) -> None:
    [record] = api_keys.listed(stack.db, world.name)
    api_keys.revoke(stack.db, world.name, record["id"])
    again, _ = api_keys.create(stack.db, world.name, "again", value=world.key)
    assert again["id"] == record["id"]
    assert "/console/sign-in" in user.get("/").url


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "no json", '{"workspace": "x"}'])
def test_a_damaged_record_signs_nobody_in(user: Visitor, stack: Stack, text: str) -> None:
    stack.db.set(record_of(user.web.cookies[COOKIE]), text, ex=60)
    assert "/console/sign-in" in user.get("/").url


def test_a_record_with_a_fact_of_a_newer_release_is_read(user: Visitor, stack: Stack) -> None:
    name = record_of(user.web.cookies[COOKIE])
    record = {**json.loads(stack.db.get(name)), "colour": "blue"}
    stack.db.set(name, json.dumps(record), ex=60)
    assert "Overview" in user.get("/").text


def test_no_other_text_is_a_session(user: Visitor, stack: Stack) -> None:
    secret, vault = user.web.cookies[COOKIE], Vault(stack.settings["SECRET_KEY"])
    offered = [
        hashlib.sha256(secret.encode()).hexdigest(),
        secret[:-1],
        secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        f"{secret}=",
        vault.seal(["console notice", {"ends": 9e9}]),
        "nonsense",
    ]
    assert [each for each in offered if opens(stack, each)] == []
    assert opens(stack, secret)


def test_while_the_store_is_away_signing_out_is_refused_and_not_claimed(
    user: Visitor, stack: Stack
) -> None:
    token = user.token()
    stack.pause("redis")
    try:
        answer = user.post("/console/sign-out", csrf=token)
    finally:
        stack.resume("redis")
    assert answer.status_code == 503
    assert "signed out" not in answer.text
    until(lambda: user.post("/console/sign-out", csrf=token).ok, "signed out")
    assert "/console/sign-in" in user.get("/").url


def test_a_key_that_may_only_look_presses_no_button(
    visitor: Visitor, world: World, stack: Stack
) -> None:
    world.connect_pairfon()
    _, key = api_keys.create(stack.db, world.name, "viewer", scopes=["read"])
    assert visitor.sign_in(key).ok
    page = visitor.page("/")
    assert set(page.forms) == {"/console/sign-out"}
    assert visitor.get("/console/keys").status_code == 403
    answer = visitor.post("/console/activity/check", csrf=visitor.token())
    assert answer.status_code == 403
    assert "scope" in answer.text
