"""What every action owes; a new file in actions/ is tested here without asking."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from integration import discovery
from integration.kernel.capability import Capability
from integration.kernel.specs import Action
from tests.contract.memory_provider import NOON, MemoryProvider, history_row, ids, samples

CATALOG = discovery.load()
ACTIONS = list(CATALOG.actions.values())
SETTLED = [action for action in ACTIONS if action.settling]
THE_ENGINES = {"connection", "schedule_at", "valid_until", "fold", "max_parts", "reply_to"} | {
    "deduplicate_within",
    "as_is",
    "fallback_connections",
    "failover_after",
}
SEND = CATALOG.action("send-sms")


def values(action: Action, **other: Any) -> dict[str, Any]:
    """One job's input, as the engine hands it to `run`."""
    read: dict[str, Any] = action.inputs().load(samples(action.inputs) | other)
    if action.split:
        [read[action.split]] = read[action.split]
    if action.answers:
        read |= {"phone": "+14155550123", **action.sample}
    return read


def traced(provider: MemoryProvider, action: Action, **other: Any) -> list[str | None]:
    assert action.settling
    since = other.pop("since", NOON)
    found = action.settling.traces(provider, values(action, **other), since)
    return [trace.sent.provider_id for trace in found if not trace.doubtful]


def some_provider_can(needs: type[Capability] | None) -> bool:
    return needs is None or any(
        issubclass(provider, needs) for provider in CATALOG.providers.values()
    )


@pytest.mark.parametrize("action", ACTIONS, ids=ids(ACTIONS))
class TestEveryAction:
    def test_some_provider_can_do_it(self, action: Action) -> None:
        assert some_provider_can(action.needs)

    def test_it_makes_one_call_that_carries_every_field(self, action: Action) -> None:
        provider, given = MemoryProvider(), values(action)
        action.run(provider, given)
        [call] = provider.calls
        carried = [str(value) for value in call.values() if value is not None]
        for name in given.keys() - THE_ENGINES:
            # A field of the action alone may be a part of what the provider is given.
            parts = [str(call[name])] if name in call else carried
            assert any(str(given[name]) in each for each in parts), name

    def test_it_runs_on_its_required_fields_alone(self, action: Action) -> None:
        provider, fields = MemoryProvider(), action.inputs().fields
        optional = {name: "" for name, field in fields.items() if not field.required}
        action.run(provider, values(action, **optional))
        assert len(provider.calls) == 1

    def test_a_lost_answer_has_a_plan(self, action: Action) -> None:
        planned = action.repeatable or action.settling is not None
        assert planned != bool(action.unsettled), (
            "Say what becomes of a lost answer by one of these alone: repeatable, settling, or"
            " unsettled with its reason."
        )

    def test_its_sample_is_flat_json(self, action: Action) -> None:
        assert json.loads(json.dumps(action.sample)) == action.sample
        assert not any(isinstance(value, dict | list) for value in action.sample.values())


@pytest.mark.parametrize("action", SETTLED, ids=ids(SETTLED))
class TestEverySettledAction:
    def test_some_provider_can_both_do_it_and_tell(self, action: Action) -> None:
        assert action.settling
        needs = (*filter(None, [action.needs]), action.settling.needs)
        assert any(
            all(issubclass(provider, each) for each in needs)
            for provider in CATALOG.providers.values()
        )

    def test_before_the_call_there_is_no_trace(self, action: Action) -> None:
        assert traced(MemoryProvider(), action) == []

    def test_after_the_call_its_trace_has_the_same_id(self, action: Action) -> None:
        provider = MemoryProvider()
        sent = action.run(provider, values(action))
        assert traced(provider, action) == [sent.provider_id]

    def test_a_trace_shows_what_the_answer_would_have_shown(self, action: Action) -> None:
        provider = MemoryProvider()
        action.run(provider, values(action))
        assert action.settling
        [trace] = action.settling.traces(provider, values(action), NOON)
        assert set(trace.sent.result) == set(action.sample)

    def test_another_call_leaves_it_no_trace(self, action: Action) -> None:
        name = "phone" if action.answers else next(iter(action.inputs().fields))
        provider = MemoryProvider()
        other = values(action) | {name: "+14155550199" if name == "phone" else "Other"}
        action.run(provider, other)
        assert traced(provider, action) == []


@pytest.mark.parametrize(
    "other",
    [
        {"direction": "inbound"},
        {"phone": "+14155550199"},
        {"message": "Your table is ready"},
        {"message": "your table is ready."},
        {"sim_slot": "SIM2"},
        {"at": NOON - timedelta(seconds=1)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_row_that_differs_is_no_trace_of_a_text(other: dict[str, Any]) -> None:
    provider = MemoryProvider()
    provider.rows = [history_row(**other)]
    assert traced(provider, SEND) == []


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ({"phone": "14155550123"}, {}),
        ({"phone": "0014155550123"}, {}),
        ({"sim_slot": None}, {}),
        ({"sim_slot": "SIM2"}, {"sim_slot": ""}),
        ({"at": NOON}, {"since": NOON + timedelta(milliseconds=900)}),
        ({"at": NOON + timedelta(minutes=5)}, {}),
    ],
    ids=["no plus", "two zeros", "a row without a SIM", "no SIM asked", "whole seconds", "later"],
)
def test_a_row_in_other_words_is_a_trace_all_the_same(
    row: dict[str, Any], asked: dict[str, Any]
) -> None:
    provider = MemoryProvider()
    provider.rows = [history_row(provider_id="7", **row)]
    assert traced(provider, SEND, **asked) == ["7"]


@pytest.mark.parametrize(
    ("row", "doubtful"),
    [
        ({"message": "Your table is ready"}, True),
        ({"message": "YOUR TABLE IS READY."}, True),
        ({"message": "Your table is"}, True),
        ({"message": "Your table is ready. Sent by Pairfon"}, True),
        ({"message": ""}, True),
        ({"sim_slot": "SIM2"}, True),
        ({"direction": "mt"}, True),
        ({"message": "See you at five"}, False),
        ({"message": "Your table 7 is ready."}, False),
        ({"message": "", "direction": "inbound"}, False),
        ({"message": "Your table is", "phone": "+14155550199"}, False),
    ],
)
def test_a_row_much_like_the_text_leaves_a_doubt(row: dict[str, Any], doubtful: bool) -> None:
    provider = MemoryProvider()
    provider.rows = [history_row(**row)]
    assert SEND.settling
    found = SEND.settling.traces(provider, values(SEND), NOON)
    assert [each.doubtful for each in found] == [True] * doubtful


def test_equal_texts_leave_a_trace_each_oldest_first_with_their_status() -> None:
    provider = MemoryProvider()
    later = NOON + timedelta(seconds=9)
    provider.rows = [
        history_row(provider_id="2", at=later, status="queued"),
        history_row(provider_id="1", at=NOON, status="failed"),
    ]
    assert SEND.settling
    found = SEND.settling.traces(provider, values(SEND), NOON)
    assert [(each.sent.provider_id, each.status) for each in found] == [
        ("1", "failed"),
        ("2", "queued"),
    ]
    assert len({each.shown for each in found}) == 1
    assert SEND.settling.shown
    assert SEND.settling.shown(values(SEND)) == found[0].shown


def test_the_history_is_asked_for_the_device_the_number_and_the_time() -> None:
    asked: list[dict[str, Any]] = []

    class Recording(MemoryProvider):
        def history(self, **question: Any) -> list[Any]:
            asked.append(question)
            return []

    traced(Recording(), SEND)
    assert asked == [{"device_fingerprint": "abc123", "phone": "+14155550123", "since": NOON}]


@pytest.mark.parametrize("key", ["send_sms", "send_mms", "add_contact"])
def test_one_call_may_name_several_numbers(key: str) -> None:
    action = CATALOG.action(key)
    given = samples(action.inputs) | {"phone": "+14155550123, 0031612345678,+1 415 555 0123"}
    assert action.split == "phone"
    assert action.inputs().load(given)["phone"] == ["+14155550123", "+31612345678"]


@pytest.mark.parametrize("key", ["send_sms", "send_mms"])
def test_a_text_has_at_most_1600_characters(key: str) -> None:
    action = CATALOG.action(key)
    longest = samples(action.inputs) | {"message": "ü" * 1600, "max_parts": ""}
    assert action.inputs().load(longest)["message"] == "ü" * 1600
    assert action.inputs().validate(longest | {"message": "ü" * 1601}) == {
        "message": ["This is longer than 1600 characters; shorten it."]
    }


def test_a_text_goes_out_as_it_was_written() -> None:
    message = "  Two lines,\n\tand blanks  \n"
    assert values(SEND, message=message, fold="")["message"] == message


def test_a_sender_id_may_be_the_id_of_a_pool_of_numbers() -> None:
    pool = "40017f52-91a2-4ba1-b2c2-7c1d6a2f0c11"
    assert values(SEND, sender_id=pool)["sender_id"] == pool
    errors = SEND.inputs().validate(samples(SEND.inputs) | {"sender_id": pool + "1"})
    assert errors == {"sender_id": ["This is longer than 36 characters; shorten it."]}
