"""The pages of a hook and of its deliveries: what they show, to whom, and what their forms do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.receiver import Listener
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.console.visitor import Page, Visitor


@pytest.fixture
def target() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def hooked(world: World, target: Listener) -> str:
    world.connect_pairfon()
    made = world.post("/v1/hooks", trigger="inbound-sms", target_url=target.url).json()
    return str(made["id"])


def tried(world: World, target: Listener, text: str, count: int = 1) -> str:
    """The id of the newest delivery, once `count` attempts of it are recorded."""
    world.inject(text)
    [hook] = world.get("/v1/hooks")["data"]
    path = f"/v1/hooks/{hook['id']}/deliveries"

    def seen() -> bool:
        rows = world.get(path)["data"]
        return bool(rows) and len(rows[0]["attempts"]) >= count

    until(seen, "the attempt in the log")
    return str(world.get(path)["data"][0]["id"])


def test_a_delivery_shows_its_request_and_what_its_target_answered(
    user: Visitor, world: World, target: Listener
) -> None:
    hook = hooked(world, target)
    target.codes += [500] * 9
    target.said = b'{"error": "no such <table>"}'
    delivery = tried(world, target, "Show me")
    page = user.page(f"/console/hooks/{hook}/deliveries/{delivery}")
    assert '{"error": "no such <table>"}' in page.text
    assert "The target answered 500" in page.text
    assert "Show me" in page.text
    assert delivery in page.text
    assert f"/console/hooks/{hook}/deliveries/{delivery}" in user.page(
        f"/console/hooks/{hook}"
    ).values("a", "href")
    whole = world.get(f"/v1/deliveries/{delivery}")
    assert whole["request"]["body"].encode() == target.all[0].body
    sent = target.all[0].headers
    assert whole["request"]["headers"].items() <= sent.items()


def test_a_key_without_texts_sees_neither_request_nor_answer(
    visitor: Visitor, world: World, target: Listener
) -> None:
    hook = hooked(world, target)
    target.codes += [500] * 9
    target.said = b"what it was told"
    delivery = tried(world, target, "Private words")
    key = world.post("/v1/keys", name="Reader", scopes=["read"]).json()["key"]
    visitor.sign_in(key)
    page = visitor.page(f"/console/hooks/{hook}/deliveries/{delivery}")
    assert "what it was told" not in page.text
    assert "Private words" not in page.text
    assert "The target answered 500" in page.text
    assert list(page.forms) == ["/console/sign-out"]


def test_send_again_leads_to_the_delivery_and_its_new_attempt(
    user: Visitor, world: World, target: Listener
) -> None:
    hook = hooked(world, target)
    delivery = tried(world, target, "Once more")
    here = f"/console/hooks/{hook}/deliveries/{delivery}"
    page = user.press(f"{here}/replay")
    assert isinstance(page, Page)
    target.wait_for(2)
    until(lambda: "by hand" in user.page(here).text, "the attempt that was asked for")
