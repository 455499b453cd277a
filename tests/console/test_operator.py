"""The operator at the console: links, the password, every workspace."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration.accounts import operators
from integration.store import keys
from proofs.rig.stack import Stack, World
from tests.console.visitor import Page, Visitor
from tests.flows.command_line import hookline

PASSWORD = "four words are best"
LINK = keys.sign_in_link("*")


@pytest.fixture(autouse=True)
def without_a_password(stack: Stack) -> Iterator[None]:
    yield
    stack.db.delete(keys.OPERATOR)
    for name in list(stack.db.scan_iter("hl:quota:*")):
        stack.db.delete(name)


def command(stack: Stack, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return hookline(words, stack.environment(), typed=typed)


def by_link(visitor: Visitor, workspace: str = "default") -> Page:
    secret = operators.make_link(visitor.stack.db, workspace)
    return visitor.press(f"/console/sign-in/link/{secret}")


def test_a_link_of_the_command_line_signs_in_once(visitor: Visitor, stack: Stack) -> None:
    made = command(stack, "login-link")
    assert made.returncode == 0, made.stderr
    path = urlsplit(made.stdout.strip()).path
    for _ in range(3):  # as the previews of a chat do
        assert "works once" in visitor.get(path).text
    assert "Overview" in visitor.press(path).text
    other = Visitor(stack)
    assert "was used already" in other.press(path).text
    assert "/console/sign-in" in other.get("/").url
    other.web.close()


def test_a_link_ends_after_a_quarter_of_an_hour_and_the_store_holds_no_secret(
    visitor: Visitor, stack: Stack
) -> None:
    before = set(stack.db.scan_iter(LINK))
    secret = operators.make_link(stack.db, "default")
    [name] = set(stack.db.scan_iter(LINK)) - before
    assert 840 < stack.db.ttl(name) <= 900
    assert secret not in name + str(stack.db.get(name))
    stack.db.delete(name)
    assert "was used already" in visitor.press(f"/console/sign-in/link/{secret}").text


def test_the_password_of_the_command_line_opens_the_console(visitor: Visitor, stack: Stack) -> None:
    assert "12 to 1000" in command(stack, "password", typed="short\n").stderr
    assert command(stack, "password", typed=f"{PASSWORD}\n").returncode == 0
    assert PASSWORD not in str(stack.db.hgetall(keys.OPERATOR))
    assert visitor.sign_in("four words are worst").status_code == 401
    assert "Overview" in visitor.sign_in(PASSWORD).text


def test_past_fifteen_guesses_even_the_right_password_waits_and_a_key_opens(
    visitor: Visitor, stack: Stack, world: World
) -> None:
    operators.set_password(stack.db, PASSWORD)
    for _ in range(15):
        assert visitor.sign_in("a wrong password").status_code == 401
    answer = visitor.sign_in(PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "login-link" in answer.text
    assert visitor.sign_in(world.key).ok


def test_the_right_password_ends_the_count_of_wrong_ones(visitor: Visitor, stack: Stack) -> None:
    operators.set_password(stack.db, PASSWORD)
    for _ in range(3):
        for _ in range(14):
            assert visitor.sign_in("a wrong password").status_code == 401
        assert visitor.sign_in(PASSWORD).ok


def test_the_password_is_changed_at_the_console_and_others_are_signed_out(
    visitor: Visitor, stack: Stack
) -> None:
    by_link(visitor)
    other = Visitor(stack)
    by_link(other)
    change = "/console/operator/password"
    assert "Set a password" in visitor.page("/console/operator").text
    answer = visitor.post(change, csrf=visitor.token(), new=PASSWORD, again="another one")
    assert (answer.status_code, "differ" in answer.text) == (422, True)
    assert "The password is changed" in visitor.press(change, new=PASSWORD, again=PASSWORD).text
    assert "/console/sign-in" in other.get("/").url
    newer: dict[str, Any] = {"new": PASSWORD * 2, "again": PASSWORD * 2}
    assert visitor.post(change, csrf=visitor.token(), old="x", **newer).status_code == 401
    assert "is changed" in visitor.press(change, old=PASSWORD, **newer).text
    assert other.sign_in(PASSWORD).status_code == 401
    assert other.sign_in(PASSWORD * 2).ok
    other.web.close()


def test_the_operator_goes_from_one_workspace_to_another(
    visitor: Visitor, stack: Stack, world: World
) -> None:
    hook = world.post("/v1/hooks", trigger="inbound-sms", target_url=stack.url + "/nowhere").json()
    by_link(visitor)
    assert visitor.get(f"/console/hooks/{hook['id']}").status_code == 404
    seen = visitor.press(f"/console/operator/open/{world.name}").text
    assert f"The workspace {world.name} is open" in seen
    assert visitor.get(f"/console/hooks/{hook['id']}").ok
    assert (
        "no workspace called"
        in visitor.post("/console/operator/open/nobody", csrf=visitor.token()).text
    )


def test_the_operator_makes_a_workspace_once(visitor: Visitor, stack: Stack, world: World) -> None:
    by_link(visitor)
    form = visitor.page("/console/operator").forms["/console/operator"]
    name = f"{world.name}-made"
    first = visitor.post("/console/operator", **{**form, "name": name})
    assert "shown only now" in first.text
    again = visitor.post("/console/operator", **{**form, "name": name})
    assert "Nothing was made twice" in again.text
    assert stack.db.sismember(keys.WORKSPACES, name)


def test_a_key_opens_its_own_workspace_alone(user: Visitor) -> None:
    assert "/console/operator" not in user.page("/").values("a", "href")
    for path in ("/console/operator", "/console/operator/open/default"):
        answer = user.get(path) if path.endswith("operator") else user.post(path, csrf=user.token())
        assert answer.status_code == 403
        assert "login-link" in answer.text


def test_a_session_of_the_operator_ends_with_its_workspace(
    visitor: Visitor, stack: Stack, world: World
) -> None:
    by_link(visitor, world.name)
    stack.db.srem(keys.WORKSPACES, world.name)
    assert "/console/sign-in" in visitor.get("/").url
