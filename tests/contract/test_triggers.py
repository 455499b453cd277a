"""What every trigger owes; a new file in triggers/ is tested here without asking."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from integration import discovery
from integration.kernel.events import MESSAGE
from integration.kernel.specs import Trigger
from tests.contract.memory_provider import ids, samples
from triggers._filters import MessageFilters

TRIGGERS = list(discovery.load().triggers.values())
ON_MESSAGES = [trigger for trigger in TRIGGERS if trigger.kind == MESSAGE]
FILTERED = [trigger for trigger in TRIGGERS if issubclass(trigger.inputs, MessageFilters)]
BY_PHONE = [trigger for trigger in TRIGGERS if "phone" in trigger.inputs().fields]
EACH_FILTER = [(trigger, name) for trigger in TRIGGERS for name in trigger.inputs().fields]
KEYS = (
    "id provider_id connection provider phone message sim_slot device_fingerprint"
    " to media opt_out received_at"
)

CASES = [("hayır", "HAYIR"), ("iptal", "İPTAL"), ("ναι σας", "ΝΑΙ ΣΑΣ"), ("straße", "STRASSE")]
CASES += [("café", "CAFE\u0301"), ("да", "ДА")]
SPELLINGS = ["+1 415 555 0123", "0014155550123", " 14155550123", "14155550123", 14155550123]


def filters(trigger: Trigger, *names: str) -> Any:
    return trigger.inputs().load({name: samples(trigger.inputs)[name] for name in names})


@pytest.mark.parametrize("trigger", TRIGGERS, ids=ids(TRIGGERS))
class TestEveryTrigger:
    def test_its_sample_is_flat_json_but_for_lists_of_flat_rows(self, trigger: Trigger) -> None:
        assert json.loads(json.dumps(trigger.sample)) == trigger.sample
        lists = [value for value in trigger.sample.values() if isinstance(value, list)]
        for flat in [trigger.sample, *(row for each in lists for row in each)]:
            values = [value for value in flat.values() if value not in lists]
            assert not any(isinstance(value, dict | list) for value in values)

    def test_its_sample_tells_the_type_of_each_field(self, trigger: Trigger) -> None:
        """Documents and apps are made from it, and would take what is null for an object."""
        assert None not in trigger.sample.values()

    def test_its_sample_has_times_in_utc(self, trigger: Trigger) -> None:
        times = [value for key, value in trigger.sample.items() if key.endswith("_at")]
        assert times
        for time in times:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", time)

    def test_it_fires_without_filters(self, trigger: Trigger) -> None:
        assert trigger.wants(trigger.sample, {})

    def test_where_it_wants_every_event_it_wants_one_of_which_nothing_is_known(
        self, trigger: Trigger
    ) -> None:
        assert not trigger.every or trigger.wants({"id": "other"}, {})

    def test_its_sample_passes_all_its_filters_together(self, trigger: Trigger) -> None:
        assert trigger.wants(trigger.sample, filters(trigger, *trigger.inputs().fields))


@pytest.mark.parametrize(("trigger", "name"), EACH_FILTER, ids=lambda it: getattr(it, "key", it))
def test_each_filter_alone_passes_its_sample_and_stops_another_event(
    trigger: Trigger, name: str
) -> None:
    wanted = filters(trigger, name)
    other = {**dict.fromkeys(trigger.sample, "something else"), "id": "other"}
    assert trigger.wants(trigger.sample, wanted)
    assert not trigger.wants(other, wanted)


@pytest.mark.parametrize("trigger", ON_MESSAGES, ids=ids(ON_MESSAGES))
class TestTriggersOnMessages:
    def test_the_sample_has_the_keys_of_a_real_message(self, trigger: Trigger) -> None:
        assert " ".join(trigger.sample) == KEYS
        assert re.fullmatch(r"sms_[a-z2-7]{26}", trigger.sample["id"])


@pytest.mark.parametrize("trigger", BY_PHONE, ids=ids(BY_PHONE))
class TestTriggersWithAFilterByPhone:
    @pytest.mark.parametrize("phone", SPELLINGS)
    def test_a_number_matches_however_it_is_written(self, trigger: Trigger, phone: Any) -> None:
        event = {**trigger.sample, "phone": "+14155550123"}
        assert trigger.wants(event, trigger.inputs().load({"phone": phone}))

    def test_a_sender_name_matches_in_any_case(self, trigger: Trigger) -> None:
        event = {**trigger.sample, "phone": "MyBank"}
        assert trigger.wants(event, trigger.inputs().load({"phone": "mybank"}))
        assert not trigger.wants(event, trigger.inputs().load({"phone": "MyBan"}))


@pytest.mark.parametrize("trigger", FILTERED, ids=ids(FILTERED))
class TestTriggersWithTheFiltersOfMessages:
    @pytest.mark.parametrize("spelled", [str.upper, str.lower, str.swapcase])
    @pytest.mark.parametrize("part", [slice(None), slice(5, 9), slice(-1, None)])
    def test_contains_takes_upper_and_lower_case_alike(
        self, trigger: Trigger, part: slice, spelled: Callable[[str], str]
    ) -> None:
        needle = spelled(trigger.sample["message"][part])
        assert trigger.wants(trigger.sample, trigger.inputs().load({"contains": needle}))

    @pytest.mark.parametrize(("needle", "said"), CASES)
    def test_it_does_so_in_any_language(self, trigger: Trigger, needle: str, said: str) -> None:
        for one, other in [(needle, said), (said, needle)]:
            event = {**trigger.sample, "message": f"{trigger.sample['message']} {other}."}
            assert trigger.wants(event, trigger.inputs().load({"contains": one}))

    def test_a_message_without_device_and_sim_passes_only_without_those_filters(
        self, trigger: Trigger
    ) -> None:
        event = {**trigger.sample, "device_fingerprint": None, "sim_slot": None}
        assert trigger.wants(event, filters(trigger, "connection", "phone", "contains"))
        assert not trigger.wants(event, filters(trigger, "device_fingerprint"))
        assert not trigger.wants(event, filters(trigger, "sim_slot"))


def test_latest_sms_answers_one_object_and_inbound_sms_a_list() -> None:
    single = {trigger.key: trigger.single for trigger in TRIGGERS}
    assert single["latest_sms"]
    assert not single["inbound_sms"]
