"""The compiled app keeps Zapier's rules for publishing, and each rule catches who breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.platforms import golden
from tests.platforms.zapier import live
from tests.platforms.zapier.rules import RULES
from tests.platforms.zapier.rules_style import CHANGES, STYLE

Json = dict[str, Any]
APP = live.app()
HOOK, POLL = "triggers.inbound_sms", "triggers.inbound_sms_polling"
SEND, FIND = "creates.send_sms", "searches.find_contact"
EITHER = "searchOrCreates.find_contact"
FIRST = "operation.inputFields.0"
ROW = dict(APP["triggers"]["inbound_sms"]["operation"]["sample"])

# By rule: what is changed in the app, and into what; None takes it away.
BROKEN: dict[str, tuple[str, Any]] = {
    "d001": (f"{SEND}.{FIRST}.key", "provider_api_key"),
    "d002": ("authentication.fields.1.helpText", "Ask your administrator."),
    "d003": ("authentication.connectionLabel", "Hookline"),
    "d004": ("creates.add_contact.operation.inputFields.1.dynamic", None),
    "d005": ("creates.add_contact.operation.inputFields.1.dynamic", "nowhere.id.label"),
    "d006": (f"{HOOK}.operation.performList", None),
    "d007": (f"{HOOK}.operation.performList", {"url": "http://sms.example.com/v1/hooks"}),
    "d008": (f"{SEND}.{FIRST}.helpText", "As https://example.com/ says."),
    "d009": (f"{FIND}.operation.inputFields", []),
    "d010": (f"{POLL}.operation.sample.id", None),
    "d011": (f"{SEND}.{FIRST}.helpText", "Phone."),
    "d012": (f"{SEND}.operation.sample", None),
    "d013": (f"{SEND}.{FIRST}.search", "nowhere.id"),
    "d014": (f"{SEND}.{FIRST}.search", "find_contact.phone"),
    "d015": (f"{EITHER}.create", "nowhere"),
    "d016": (f"{HOOK}.operation.performUnsubscribe", None),
    "d018": (f"{HOOK}.display.label", "New inbound SMS"),
    "d021": (f"{HOOK}.display.description", "When a text comes."),
    "d022": (f"{SEND}.operation.inputFields", [{"source": "return [];"}]),
    "d023": (f"{HOOK}.operation.sample.received_at", "31-01-2026 09:00"),
    "d024": (f"{HOOK}.operation.sample.message", 7),
    "d025": (f"{SEND}.{FIRST}.helpText", "[This](javascript:alert(1)) helps."),
    "d026": ("beforeRequest", []),
    "keys": (f"{SEND}.{FIRST}.key", "phoneNumber"),
    "nouns": (f"{SEND}.noun", "messages"),
    "names": (f"{SEND}.display.label", "Send Hookline SMS"),
    "said": (f"{SEND}.display.description", "Send a text"),
    "found": (f"{FIND}.display.label", "Contact Lookup"),
    "first": (f"{FIND}.operation.inputFields.2.required", True),
}
CHANGED: dict[str, tuple[str, Any]] = {
    "c001": (f"{SEND}.display.hidden", True),
    "c002": (f"{SEND}.{FIRST}.key", "recipient"),
    "c003": (f"{HOOK}.operation.sample.sim_slot", None),
}


def broken(path: str, value: Any) -> Json:
    app = deepcopy(APP)
    *way, last = path.split(".")
    place: Any = app
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if value is None:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return app


def named(rule: Callable[..., Any]) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", [*RULES, *STYLE], ids=named)
def test_the_app_keeps_the_rule(rule: Callable[[Json], Iterator[str]]) -> None:
    assert list(rule(APP)) == [], rule.__doc__


@pytest.mark.parametrize("rule", [*RULES, *STYLE], ids=named)
def test_the_rule_bites(rule: Callable[[Json], Iterator[str]]) -> None:
    assert list(rule(broken(*BROKEN[rule.__name__])))


@pytest.mark.parametrize("rule", CHANGES, ids=named)
def test_what_users_built_on_is_still_there(rule: Callable[[Json, Json], Iterator[str]]) -> None:
    was = json.loads(golden.kept("zapier")["app.json"])
    assert list(rule(was, APP)) == [], rule.__doc__


@pytest.mark.parametrize("rule", CHANGES, ids=named)
def test_the_rule_on_changes_bites(rule: Callable[[Json, Json], Iterator[str]]) -> None:
    assert list(rule(APP, broken(*CHANGED[rule.__name__])))


@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("T002", [{**ROW, "id": ""}]),
        ("T002", [ROW, ROW]),
        ("T003", [{**ROW, "received_at": "2026-01-31 09:00"}]),
        ("T003", [{**ROW, "received_at": 1_770_000_000}]),
        ("T004", [{key: value for key, value in ROW.items() if key != "phone"}]),
        ("T005", [{**ROW, "message": 7}]),
        ("T005", [{**ROW, "message": True}]),
    ],
)
def test_the_checks_of_live_data_bite(what: str, rows: list[Json]) -> None:
    with pytest.raises(AssertionError, match=what):
        live.holds(APP["triggers"]["inbound_sms"]["operation"], rows)


def test_good_live_data_passes_the_checks() -> None:
    live.holds(APP["triggers"]["inbound_sms"]["operation"], [ROW, {**ROW, "id": "2", "more": 1}])
