"""The pages of a hook and of its deliveries: what they show, to whom, and what their forms do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.delivery.retry_schedule import DELAYS
from integration.store import keys
from integration.store.clock import now_ms
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.console.visitor import Page, Visitor

HOUR_MS = 3_600_000


@pytest.fixture
def target() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def hooked(world: World, target: Listener) -> str:
    world.connect_pairfon()
    made = world.post("/v1/hooks", trigger="inbound-sms", target_url=target.url).json()
    return str(made["id"])


def tried(world: World, text: str) -> str:
    """The id of the delivery of a text that comes in now, once an attempt of it is recorded."""
    return come(world, text, attempts=1)


def come(world: World, text: str, *, attempts: int = 0) -> str:
    """The id of the delivery of a text that comes in now."""
    [hook] = world.get("/v1/hooks")["data"]
    path = f"/v1/hooks/{hook['id']}/deliveries"
    before = {each["id"] for each in world.get(path)["data"]}
    world.inject(text)

    def new() -> list[str]:
        rows = [each for each in world.get(path)["data"] if each["id"] not in before]
        return [each["id"] for each in rows if len(each["attempts"]) >= attempts]

    return str(until(new, f"the delivery of {text!r} in the log")[0])


def test_a_delivery_shows_its_request_and_what_its_target_answered(
    user: Visitor, world: World, target: Listener
) -> None:
    hook = hooked(world, target)
    target.codes += [500] * 9
    target.said = b'{"error": "no such <table>"}'
    delivery = tried(world, "Show me")
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
    delivery = tried(world, "Private words")
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
    delivery = tried(world, "Once more")
    here = f"/console/hooks/{hook}/deliveries/{delivery}"
    page = user.press(f"{here}/replay")
    assert isinstance(page, Page)
    target.wait_for(2)
    until(lambda: "by hand" in user.page(here).text, "the attempt that was asked for")


def test_what_failed_is_counted_before_it_is_sent_again(
    user: Visitor, world: World, target: Listener
) -> None:
    hook = hooked(world, target)
    # The hook waits for a long time, so that nothing is tried by itself.
    world.stack.db.hset(keys.hook(hook), "wait_until", now_ms() + HOUR_MS)
    for text in ("First", "Second"):
        world.stack.db.hset(keys.delivery(come(world, text)), "tries", len(DELAYS))
    target.codes += [500] * 2
    here = f"/console/hooks/{hook}"
    assert "2 deliveries are tried now" in user.press(f"{here}/send-now").text
    until(lambda: "what failed for good (2)" in user.page(f"{here}/again").text, "two dead")
    assert "2 deliveries will be sent again" in user.page(f"{here}/again?span=failed").text
    assert user.page(f"{here}?status=dead").text.count("dead") >= 2
    assert len(target.all) == 2, "a count sends nothing"
    assert "2 deliveries are sent again" in user.press(f"{here}/replay", failed="True").text
    target.wait_for(4)
    until(lambda: "what failed for good (0)" in user.page(f"{here}/again").text, "none dead")
    assert "Nothing of that can be sent again" in user.page(f"{here}/again?span=failed").text


def test_a_mended_target_gets_at_once_what_failed_at_the_old_one(
    user: Visitor, world: World, target: Listener
) -> None:
    hook = hooked(world, target)
    target.codes += [500] * 9
    tried(world, "Twice posted")
    other = Listener()
    here = f"/console/hooks/{hook}"
    world.stack.db.hset(keys.hook(hook), "description", "Orders")
    assert "at once" in user.page(f"{here}/edit").text
    page = user.press(f"{here}/edit", target_url=other.url, phone="+14155550123")
    assert "What waits goes to the new address now" in page.text
    assert [each["message"] for each in other.wait_for(1)] == ["Twice posted"]
    [shown] = world.get("/v1/hooks")["data"]
    assert shown["filters"] == {"phone": "+14155550123"}
    assert shown["description"] == "inbound-sms"
    page = user.press(f"{here}/edit", description="Shop", target_url=other.url)
    assert "Shop" in page.text
    assert world.get("/v1/hooks")["data"][0]["filters"] == {}
    assert (
        "must be a full address"
        in user.post(f"{here}/edit", csrf=user.token(), target_url="ftp://x").text
    )
    other.close()


def test_who_only_reads_is_offered_no_form_and_no_secret(
    visitor: Visitor, world: World, target: Listener
) -> None:
    hook = hooked(world, target)
    secret = world.get(f"/v1/hooks/{hook}")["secret"]
    key = world.post("/v1/keys", name="Reader", scopes=["read", "texts"]).json()["key"]
    visitor.sign_in(key)
    page = visitor.page(f"/console/hooks/{hook}")
    assert list(page.forms) == ["/console/sign-out"]
    assert visitor.get(f"/console/hooks/{hook}/edit").status_code == 403
    answer = visitor.post(f"/console/hooks/{hook}/secret", csrf=visitor.token())
    assert answer.status_code == 403
    assert secret not in answer.text
