"""Steps of a Zap that do or find something, filled in as a user fills them in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration import discovery
from proofs.rig.sandbox import until
from proofs.rig.stack import NEXT_YEAR, Stack, World
from tests.platforms.heard import heard
from tests.platforms.zapier import live
from tests.platforms.zapier.zap import SECRET, Runtime, Zap

CATALOG = discovery.load()
APP = live.app()
PHONE = "+14155550123"
BRACES = (
    "Hi {{name}}, {{ first name }} {{bundle.authData.api_key}} {{bundle.inputData.message}}"
    ' {{process.env.HOOKLINE_TEST_SECRET}} {"a": {}} }} {{ <b>&amp;</b> "quoted" \\n é 🎉\nbye'
)


def filled(zap: Zap, operation: dict[str, Any], *more: str) -> dict[str, Any]:
    """The form with what it demands (and `more`): a dropdown's first row, a choice, or the
    example that the field shows."""
    fields = operation["inputFields"]
    return {
        field["key"]: value(zap, field)
        for field in fields
        if field["required"] or field["key"] in more
    }


def value(zap: Zap, field: dict[str, Any]) -> Any:
    if "dynamic" in field:
        trigger, key, _ = field["dynamic"].split(".")
        return zap.trigger(trigger)[0][key]
    chosen = next(iter(field["choices"])) if "choices" in field else field["placeholder"]
    # The example's host needs a name server, which a test does without.
    chosen = chosen.replace("https://example.com", "http://127.0.0.1")
    return [chosen] if field.get("list") else chosen


def connect(zap: Zap, world: World) -> str:
    """Both kinds of accounts; returns a group of contacts."""
    world.connect_pairfon()
    world.connect_cloud()
    zap.create("create_group", name="Newsletter")
    return str(zap.trigger("groups_list")[0]["id"])


@pytest.fixture(scope="module")
def stocked(runtime: Runtime, stack: Stack) -> Iterator[Zap]:
    """With a text from somebody, one to them, their contact and their opt-out."""
    world = stack.workspace()
    zap = Zap(runtime, world)
    group = connect(zap, world)
    world.inject("Yes, see you at 5", PHONE)
    zap.create("send_sms", phone=[PHONE], message="Your table is ready.")
    zap.create("add_contact", phone=[PHONE], group_id=group, first_name="Amy")
    zap.create("add_opt_out", phone=[PHONE])
    yield zap
    world.leave()


@pytest.mark.parametrize("key", CATALOG.actions)
def test_every_action_does_what_its_form_asks(zap: Zap, world: World, key: str) -> None:
    connect(zap, world)
    operation = APP["creates"][key]["operation"]
    given = filled(zap, operation)
    if "reply_to" in given:
        given["reply_to"] = heard(world)
    done = zap.create(key, **given)
    assert done["status"] in ("sent", "delivered"), done
    live.holds(operation, [done])
    assert world.job(done["id"])["action"] == done["action"]


@pytest.mark.parametrize("key", CATALOG.searches)
def test_every_search_finds_what_is_there(stocked: Zap, key: str) -> None:
    operation = APP["searches"][key]["operation"]
    rows = stocked.search(key, **filled(stocked, operation, "phone"))
    live.holds(operation, rows[:1])


@pytest.mark.parametrize("key", ["find_contact", "find_message", "find_conversation"])
def test_a_search_that_finds_nothing_is_no_error(stocked: Zap, key: str) -> None:
    assert stocked.search(key, phone="+14155550199") == []


def test_a_text_with_curly_braces_arrives_as_it_was_written(zap: Zap, world: World) -> None:
    world.connect_pairfon()
    zap.create("send_sms", phone=[PHONE], message=BRACES)
    [sent] = world.sends()
    assert sent["text"] == BRACES
    assert SECRET not in str(sent)
    assert world.key not in str(sent)
    until(lambda: zap.search("find_message", phone=PHONE, contains=BRACES), "the text found")
    assert zap.search("find_message", phone=PHONE, contains="{{nobody}}") == []


def test_all_the_form_offers_reaches_the_provider(zap: Zap, world: World) -> None:
    connection = world.connect_pairfon()
    job = zap.create(
        "send_sms",
        phone=[PHONE, "+14155550124, +14155550125", ""],
        message="Hi",
        device_fingerprint="sandbox-phone-1",
        sim_slot="SIM2",
        sender_id="",
        schedule_at="",
        connection=connection,
    )
    assert len(job["jobs"]) == 3
    assert {each["status"] for each in job["jobs"]} <= {"sent", "delivered"}
    sent = world.sends()
    assert {each["phone"] for each in sent} == {PHONE, "+14155550124", "+14155550125"}
    assert {each["sim_slot"] for each in sent} == {"SIM2"}


def test_a_time_to_send_at_is_kept(zap: Zap, world: World) -> None:
    world.connect_pairfon()
    at = f"{NEXT_YEAR}T09:00:00+01:00"
    job = zap.create("send_sms", phone=[PHONE], message="Hi", schedule_at=at)
    assert (job["status"], job["schedule_at"]) == ("scheduled", f"{NEXT_YEAR}T08:00:00Z")
    assert world.sends() == []


def test_a_replayed_run_with_a_key_of_its_own_sends_once(zap: Zap, world: World) -> None:
    world.connect_pairfon()
    given: dict[str, Any] = {"phone": [PHONE], "message": "Once", "idempotency_key": "order-1001"}
    first, again = zap.create("send_sms", **given), zap.create("send_sms", **given)
    assert first["id"] == again["id"]
    assert len(world.sends()) == 1


def test_a_field_of_an_older_version_does_not_break_a_zap(zap: Zap, world: World) -> None:
    world.connect_pairfon()
    given: dict[str, Any] = {"phone": [PHONE], "message": "Hi", "a_field_that_was": "x"}
    assert zap.create("send_sms", **given)["status"] in ("sent", "delivered")


def test_find_or_create_gives_the_same_fields_either_way(zap: Zap, world: World) -> None:
    assert APP["searchOrCreates"]["find_contact"]["create"] == "add_contact"
    group = connect(zap, world)
    wanted = {"phone": [PHONE], "group_id": group, "first_name": "Amy"}
    assert zap.search("find_contact", phone=PHONE, group_id=group) == []
    made = zap.create("add_contact", {"withSearch": "find_contact"}, **wanted)
    found = zap.search("find_contact", phone=PHONE, group_id=group)
    assert made == found[0]
    assert (made["phone"], made["first_name"]) == (PHONE, "Amy")
    live.holds(APP["searches"]["find_contact"]["operation"], [made])
