"""Pabbly's setup sheet, executed to the letter against the running service."""

from __future__ import annotations

from typing import Any

import pytest

from integration.kernel.fields import described
from proofs.rig.sandbox import until
from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.platforms import golden
from tests.platforms.heard import heard
from tests.platforms.pabbly.sheet import CATALOG, Form, compiled, part

KEPT = compiled(golden.BASE_URL)


@pytest.fixture
def form(world: World) -> Form:
    world.connect_pairfon()
    return Form(world.stack.url, world.key)


def test_the_page_says_all_that_the_sheet_holds() -> None:
    page = golden.compiled("pabbly")["setup.md"].decode()
    for each in [*KEPT["triggers"], *KEPT["actions"]]:
        assert f"### {each['name']} (`{each['key']}`)" in page
        for field in each.get("fields", each.get("webhook", {}).get("fields", ())):
            assert f"| {field['label']} | `{field['key']}` |" in page


@pytest.mark.parametrize("spec", CATALOG.triggers.values(), ids=lambda spec: spec.key)
def test_an_event_is_flat_but_for_its_media(spec: Any) -> None:
    """Pabbly makes long labels of nested values."""
    nested = {key for key, value in spec.sample.items() if isinstance(value, dict | list | tuple)}
    assert nested <= {"media"}


def test_every_field_of_the_catalog_is_on_the_sheet() -> None:
    specs: list[Any] = [*CATALOG.actions.values(), *CATALOG.searches.values()]
    for spec in specs:
        shown = part(KEPT["actions"], spec.key.replace("_", "-"))["fields"]
        wanted = [each["key"] for each in described(spec.inputs)]
        assert [each["key"] for each in shown if each["key"] != "idempotency_key"] == wanted


def test_every_dropdown_that_a_field_names_is_on_the_sheet() -> None:
    fields = [field for each in KEPT["actions"] for field in each["fields"]]
    fields += [field for each in KEPT["triggers"] for field in each["polling"]["fields"]]
    named = {field["dropdown"] for field in fields if "dropdown" in field}
    assert named <= {each["key"] for each in KEPT["dropdowns"]}


def test_a_dropdown_follows_the_chosen_connection(form: Form, world: World) -> None:
    world.connect_cloud()
    accounts = {each["provider"]: each["id"] for each in world.get("/v1/connections")["data"]}
    request = part(form.setup["dropdowns"], "devices")["request"]
    counts = {kind: len(form.send(request, connection=accounts[kind]).json()) for kind in accounts}
    assert counts == {"pairfon": 1, "cloud-messaging": 0}
    assert len(form.send(request).json()) == 1


def test_the_authentication_test_names_the_account_and_refuses_a_wrong_key(form: Form) -> None:
    auth = form.setup["authentication"]
    assert form.send(auth["test"]).json()[auth["account_name"]]
    form.api_key = "hk_wrong"
    assert form.send(auth["test"]).status_code == 401


def test_a_pasted_url_gets_a_test_then_each_text_until_it_is_taken_away(
    form: Form, world: World, sink: Sink
) -> None:
    trigger = form.trigger("inbound-sms")
    webhook = trigger["webhook"]
    made = form.send(webhook["subscribe"], webhook_url=sink.url()).json()
    subscription = made[webhook["subscription_id"]]
    assert made["platform"] == "pabbly"
    assert form.send(webhook["test"], id=subscription).json()["status"] == "delivered"
    [captured] = sink.wait_for(1)
    assert captured.event.keys() == trigger["sample"].keys()
    world.inject("Is my table ready?")
    event = sink.wait_for(2)[1].event
    assert event == world.inbox()[0]
    assert {name for name, value in event.items() if isinstance(value, dict | list)} == {"media"}
    assert form.send(webhook["unsubscribe"], id=subscription).json() == {}
    assert world.get("/v1/hooks")["data"] == []


def test_a_filter_of_a_subscription_holds(form: Form, world: World, sink: Sink) -> None:
    webhook = form.trigger("inbound-sms")["webhook"]
    form.send(webhook["subscribe"], webhook_url=sink.url(), contains="order")
    world.inject("hello")
    world.inject("my order")
    assert [each.event["message"] for each in sink.wait_for(1)] == ["my order"]


def test_polling_with_a_consumer_gives_only_new_rows(form: Form, world: World) -> None:
    polling = form.trigger("inbound-sms")["polling"]

    def poll(consumer: str = "orders") -> list[str]:
        found = form.send(polling["request"], consumer=consumer).json()
        assert len({each[polling["unique"]] for each in found}) == len(found)
        return [each["message"] for each in found]

    poll()
    world.inject("First")
    until(world.inbox, "the first text")
    assert poll() == ["First"]
    world.inject("Second")
    until(lambda: len(world.inbox()) == 2, "the second text")
    assert poll() == ["Second"]
    assert poll() == []


@pytest.mark.parametrize("key", [each["key"] for each in KEPT["actions"]])
def test_an_action_filled_with_what_a_user_would_choose_is_done(
    form: Form, world: World, key: str
) -> None:
    world.connect_cloud()
    action = part(form.setup["actions"], key)
    given = form.chosen(action["fields"])
    if "media_url" in given:
        given["media_url"] = f"{world.stack.url}/healthz"  # the provider checks that it is there
    if "reply_to" in given:
        world.connect_pairfon()
        given["reply_to"] = heard(world)
    if key == "find-contact":
        given["phone"] = "+14155550123"
    answer = form.send(action["request"], **given)
    assert answer.status_code == 200, answer.text
    if isinstance(answer.json(), dict):
        assert answer.json()["status"] in ("sent", "delivered")
        assert answer.json().keys() >= action["sample"].keys()


def test_the_same_idempotency_key_texts_once(form: Form, world: World) -> None:
    action = part(form.setup["actions"], "send-sms")
    given = {**form.chosen(action["fields"]), "idempotency_key": "row-17"}
    first, second = (form.send(action["request"], **given).json() for _ in range(2))
    assert first["id"] == second["id"]
    assert len(world.sends()) == 1


def test_a_refusal_is_one_sentence_for_the_user(form: Form) -> None:
    action = part(form.setup["actions"], "send-sms")
    answer = form.send(action["request"], phone="nobody", message="Hello")
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("phone: ")
