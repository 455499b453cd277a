"""The app follows from the catalog: what is added there is in it, named as Make wants it."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration import discovery
from integration.kernel.catalog import Catalog
from integration.kernel.fields import Inputs
from integration.kernel.specs import Trigger
from platforms import _make_words as words
from tests.platforms.make.app import App
from tests.platforms.make.rules import faults

TRIGGER = """
from integration.kernel.fields import Flag, Inputs, LongText, Moment, Number
from integration.kernel.specs import Trigger


class Filters(Inputs):
    since = Moment(label="Since", help="Only later calls.", sample="2030-01-31T09:00:00Z")
    rings = Number(least=1, most=9, label="Rings", help="How often it rang.", sample="3")
    urgent = Flag(label="Urgent", help="Only urgent ones.", sample="true")
    note = LongText(label="Note", help="Such as {{first_name}}.", sample="{{x}} and {{{y}}}")


TRIGGER = Trigger(
    key="missed_call",
    noun="Call",
    label="New Missed Call",
    description="Triggers when a call to {{your phone}} is missed.",
    inputs=Filters,
    wants=lambda event, filters: True,
    sample={"id": "call_1", "phone": "+14155550123", "missed_at": "2026-01-31T09:00:00Z"},
)
"""
TIMELESS = TRIGGER.replace("missed_call", "lost_call").replace("missed_at", "rang")
LONG = "a_call_that_somebody_missed_" + "very_" * 5 + "much"


def added(root: Path, **triggers: str) -> tuple[Catalog, App]:
    """The catalog with these triggers beside the others, and its app."""
    (root / "triggers").mkdir()
    for key, source in triggers.items():
        (root / "triggers" / f"{key}.py").write_text(source)
    catalog = discovery.load(beside=[root])
    return catalog, App(catalog.platform("make").compile(catalog, "https://sms.example.com"))


def test_an_added_trigger_is_in_the_app_without_another_line(tmp_path: Path) -> None:
    _, app = added(tmp_path, missed_call=TRIGGER)
    modules = app.of("module")
    assert modules["watchMissedCall"]["label"] == "Watch new missed calls"
    assert modules["watchMissedCallBySchedule"]["label"] == "Watch new missed calls by schedule"
    attach = app.codes("webhook", "missedCallHook")["attach"]["body"]
    assert attach["trigger"] == "missed-call"
    poll = app.codes("module", "watchMissedCallBySchedule")
    assert poll["communication"]["response"]["trigger"]["date"] == "{{item.missed_at}}"
    kinds = {field["name"]: field["type"] for field in poll["staticParams"]}
    assert kinds == {
        "since": "date",
        "rings": "integer",
        "urgent": "boolean",
        "note": "text",
        "limit": "uinteger",
    }
    assert {"label": "Calls", "modules": ["watchMissedCall", "watchMissedCallBySchedule"]} in (
        app.json["modules/groups.json"]
    )


def test_braces_in_its_texts_are_shown_and_are_no_expression(tmp_path: Path) -> None:
    _, app = added(tmp_path, missed_call=TRIGGER)
    assert faults(app) == []
    [note] = [
        field
        for field in app.codes("webhook", "missedCallHook")["params"]
        if field["name"] == "note"
    ]
    plain = note["help"].replace(words.JOINER, "")
    assert plain == "Such as {{first_name}}. For example: `{{x}} and {{{y}}}`."
    told = app.of("module")["watchMissedCall"]["description"]
    assert told.replace(words.JOINER, "") == "Triggers when a call to {{your phone}} is missed."


def test_a_trigger_whose_events_bear_no_time_is_instant_only(tmp_path: Path) -> None:
    _, app = added(tmp_path, lost_call=TIMELESS)
    assert faults(app) == []
    assert "watchLostCall" in app.of("module")
    assert "watchLostCallBySchedule" not in app.of("module")


def test_a_long_key_has_short_ids_that_are_its_own(tmp_path: Path) -> None:
    sources = {key: TRIGGER.replace("missed_call", key) for key in (f"{LONG}_a", f"{LONG}_b")}
    _, app = added(tmp_path, **sources)
    # Their labels are one and the same here, which is all that is wrong with them.
    assert {fault.partition(":")[0] for fault in faults(app)} == {"no_two_modules_are_called_alike"}
    catalog = discovery.load()
    more = len(app.of("webhook")) - len(catalog.triggers)
    assert more == 2


def test_every_part_of_the_catalog_has_its_module() -> None:
    catalog = discovery.load()
    app = App(catalog.platform("make").compile(catalog, "https://sms.example.com"))
    addresses = {app.codes("module", name)["communication"].get("url") for name in app.of("module")}
    for key in catalog.actions:
        assert f"/v1/actions/{key.replace('_', '-')}" in addresses
    for key in catalog.searches:
        assert f"/v1/searches/{key.replace('_', '-')}" in addresses
    assert len(app.of("rpc")) == len(catalog.options)
    assert len(app.of("webhook")) == len(catalog.triggers)


def test_the_server_url_is_proposed_and_nowhere_fixed() -> None:
    catalog = discovery.load()
    app = App(catalog.platform("make").compile(catalog, "https://other.example.org"))
    holding = {path for path, text in app.texts.items() if "other.example.org" in text}
    assert holding == {
        "README.md",
        "connections/api-key/api-key.params.iml.json",
        "modules/make-api-call/make-api-call.mappable-params.iml.json",
    }


@pytest.mark.parametrize(
    ("label", "noun", "watched"),
    [
        ("New Inbound SMS", "SMS", "Watch new inbound SMS"),
        ("New Conversation", "Conversation", "Watch new conversations"),
        ("Message Status Changed", "Receipt", "Watch changed message status"),
        ("Device Status", "Device", "Watch device status"),
        ("Low Balance", "Balance", "Watch low balances"),
        ("Contact Deleted", "Contact", "Watch deleted contacts"),
        ("New Feed", "Feed", "Watch new feeds"),
    ],
)
def test_triggers_are_named_by_what_they_watch(label: str, noun: str, watched: str) -> None:
    trigger = Trigger(
        key="any",
        noun=noun,
        label=label,
        description="Triggers when it does.",
        inputs=Inputs,
        wants=lambda event, filters: True,
        sample={"id": "1"},
    )
    assert words.watch(trigger) == watched


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("SMS", "SMS"),
        ("Contact", "Contacts"),
        ("reply", "replies"),
        ("key", "keys"),
        ("box", "boxes"),
        ("status", "statuses"),
        ("message", "messages"),
        ("address", "addresses"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert words.plural(one) == many
    assert words.plural(many) == many
