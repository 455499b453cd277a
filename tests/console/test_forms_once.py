"""A form that makes something makes it once, however often it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.console.visitor import Visitor

HOOK = {"target_url": "http://127.0.0.1:9/1", "trigger": "inbound-sms"}


def form_of(user: Visitor, path: str) -> dict[str, Any]:
    """The form of this page that posts to it."""
    forms = user.page(path).forms
    form = forms[path] if path in forms else forms[""]
    assert "once" in form
    return form


@pytest.mark.parametrize("times", [2, 3])
def test_a_hook_is_made_once_and_the_second_press_leads_to_it(
    user: Visitor, world: World, times: int
) -> None:
    form = form_of(user, "/console/hooks/new")
    answers = [user.post("/console/hooks/new", **{**form, **HOOK}) for _ in range(times)]
    assert len({each.url for each in answers}) == 1
    assert "Nothing was made twice" in answers[-1].text
    assert len(world.get("/v1/hooks")["data"]) == 1


def test_a_key_is_made_once(user: Visitor, world: World) -> None:
    form = form_of(user, "/console/keys")
    first, second = (user.post("/console/keys", **{**form, "name": "Zapier"}) for _ in range(2))
    assert "Copy it now" in first.text
    assert "Nothing was made twice" in second.text
    names = [each["name"] for each in world.get("/v1/keys")["data"]]
    assert names.count("Zapier") == 1


def test_the_secret_of_a_hook_is_rotated_once(user: Visitor, world: World) -> None:
    hook = world.post("/v1/hooks", **HOOK).json()
    here = f"/console/hooks/{hook['id']}"
    form = user.press(f"{here}/secret").forms[f"{here}/rotate"]
    user.post(f"{here}/rotate", **form)
    secret = world.get(f"/v1/hooks/{hook['id']}")["secret"]
    assert "Nothing was made twice" in user.post(f"{here}/rotate", **form).text
    assert world.get(f"/v1/hooks/{hook['id']}")["secret"] == secret != hook["secret"]


def test_a_refused_form_is_sent_again_and_a_changed_one_is_a_new_wish(
    user: Visitor, world: World
) -> None:
    form = form_of(user, "/console/hooks/new")
    wrong = {**form, **HOOK, "target_url": "no address"}
    for _ in range(2):
        assert user.post("/console/hooks/new", **wrong).status_code == 422
    for place in ("1", "2"):
        given = {**form, **HOOK, "target_url": f"http://127.0.0.1:9/{place}"}
        assert user.post("/console/hooks/new", **given).ok
    assert len(world.get("/v1/hooks")["data"]) == 2


def test_a_form_whose_outcome_is_not_known_is_not_sent_again(
    user: Visitor, world: World, stack: Stack
) -> None:
    form = form_of(user, "/console/hooks/new")
    given = {**form, **HOOK}
    before = set(stack.db.scan_iter(keys.console_form("*")))
    assert user.post("/console/hooks/new", **given).ok
    [name] = set(stack.db.scan_iter(keys.console_form("*"))) - before
    stack.db.set(name, "", ex=60)  # as a process leaves it that ends in the middle
    answer = user.post("/console/hooks/new", **given)
    assert answer.status_code == 409
    assert "Look whether it worked" in answer.text
    assert len(world.get("/v1/hooks")["data"]) == 1


@pytest.mark.parametrize("path", ["/console/conversation", "/console/jobs/new/send-sms"])
def test_a_text_that_is_changed_after_a_step_back_is_sent_too(
    user: Visitor, world: World, path: str
) -> None:
    """A browser that steps back may show the page as it was, tokens and all."""
    connection = world.connect_pairfon()
    world.inject("Is my table ready?")
    until(world.inbox, "the text")
    here = f"{path}?connection={connection}&phone=%2B14155550123"
    form = {**user.page(here).forms[""], "phone": "+14155550123", "connection": connection}
    for text in ("Yes.", "Yes, at nine.", "Yes, at nine."):
        assert user.post(here, **{**form, "message": text}).ok
    until(lambda: len(world.sends()) > 1, "both texts")
    assert sorted(each["text"] for each in world.sends()) == ["Yes, at nine.", "Yes."]
