"""What every trigger, action and search owes its user, drawn from the catalog."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from marshmallow import ValidationError, missing

from integration import discovery
from integration.kernel.catalog import dashed
from integration.kernel.catalog_rules import is_sentence, is_title_case
from integration.kernel.errors import NotFound
from integration.kernel.fields import described
from integration.web.api.catalog import shown
from tests.contract.memory_provider import ids, samples

CATALOG = discovery.load()
ASKED: list[Any] = [
    *CATALOG.triggers.values(),
    *CATALOG.actions.values(),
    *CATALOG.searches.values(),
]
REQUIRED = [
    (spec, name) for spec in ASKED for name, field in spec.inputs().fields.items() if field.required
]
OPTIONAL = [
    (spec, name)
    for spec in ASKED
    for name, field in spec.inputs().fields.items()
    if not field.required
]
ALIASES = [
    (spec, name, alias)
    for spec in ASKED
    for name, field in spec.inputs().fields.items()
    for alias in field.metadata["aliases"]
]
SEND_SMS = """phone* message* device_fingerprint sim_slot sender_id schedule_at
dlt_template_id valid_until deduplicate_within as_is fold max_parts connection
fallback_connections failover_after"""
SEND_MMS = """phone* media_url* message sender_id valid_until deduplicate_within as_is connection
fallback_connections failover_after"""
NO_DROPDOWN = {"dlt_template_id"}  # kept by the operator; no provider lists them
LONGEST_ERROR = 250  # characters; Zapier cuts off what is longer


def label(case: Any) -> str:
    return str(getattr(case, "key", case))


def refusal(spec: Any, given: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ValidationError) as refused:
        spec.inputs().load(given)
    messages = refused.value.messages
    assert isinstance(messages, dict)
    return messages


def without(spec: Any, name: str) -> dict[str, Any]:
    return {key: value for key, value in samples(spec.inputs).items() if key != name}


@pytest.mark.parametrize("spec", ASKED, ids=ids(ASKED))
class TestEveryOperation:
    def test_its_samples_are_accepted(self, spec: Any) -> None:
        assert set(spec.inputs().load(samples(spec.inputs))) == set(samples(spec.inputs))

    def test_what_was_read_reads_the_same_again(self, spec: Any) -> None:
        once = spec.inputs().load(samples(spec.inputs))
        assert spec.inputs().load(once) == once

    def test_an_unknown_field_is_refused_with_the_known_ones(self, spec: Any) -> None:
        messages = refusal(spec, samples(spec.inputs) | {"surprise": "1"})
        known = ", ".join(spec.inputs().fields)
        assert messages == {"surprise": [f"There is no such field here. Known fields: {known}."]}
        assert len(messages["surprise"][0]) <= LONGEST_ERROR

    def test_required_fields_come_first(self, spec: Any) -> None:
        required = [field.required for field in spec.inputs().fields.values()]
        assert required == sorted(required, reverse=True)

    def test_every_field_is_explained(self, spec: Any) -> None:
        for field in described(spec.inputs):
            assert is_title_case(field["label"])
            assert is_sentence(field["help"])
            assert field["help"].rstrip(".") != field["label"]
            assert field["sample"]

    def test_an_id_is_chosen_and_not_typed(self, spec: Any) -> None:
        named = {"connection", "device_fingerprint"}
        for name, field in spec.inputs().fields.items():
            if (name in named or name.endswith("_id")) and name not in NO_DROPDOWN:
                assert field.metadata["options"] in CATALOG.options, name

    def test_no_alias_stands_for_two_fields(self, spec: Any) -> None:
        fields = spec.inputs().fields.items()
        words = [word for name, field in fields for word in (name, *field.metadata["aliases"])]
        assert len(words) == len(set(words))

    def test_its_noun_is_a_capitalised_singular(self, spec: Any) -> None:
        assert re.fullmatch(r"[A-Z][A-Za-z-]*[A-Za-rt-z]|SMS|MMS", spec.noun)

    def test_it_is_found_by_its_address(self, spec: Any) -> None:
        found = [
            table.get(dashed(spec.key).replace("-", "_"))
            for table in (CATALOG.triggers, CATALOG.actions, CATALOG.searches)
        ]
        assert spec in found
        assert "_" not in dashed(spec.key)


@pytest.mark.parametrize(("spec", "name"), REQUIRED, ids=label)
def test_a_missing_field_is_refused_in_a_sentence(spec: Any, name: str) -> None:
    messages = refusal(spec, without(spec, name))
    assert list(messages) == [name]
    [sentence] = messages[name]
    assert sentence.startswith(f"{spec.inputs().fields[name].metadata['label']} is missing. ")
    assert is_sentence(sentence)
    assert len(sentence) <= LONGEST_ERROR


@pytest.mark.parametrize("blank", ["", "  ", None, []], ids=repr)
@pytest.mark.parametrize(("spec", "name"), REQUIRED, ids=label)
def test_a_blank_required_field_is_a_missing_one(spec: Any, name: str, blank: Any) -> None:
    given = samples(spec.inputs) | {name: blank}
    assert refusal(spec, given) == refusal(spec, without(spec, name))


@pytest.mark.parametrize("blank", ["", "  ", None, []], ids=repr)
@pytest.mark.parametrize(("spec", "name"), OPTIONAL, ids=label)
def test_a_blank_optional_field_is_not_given(spec: Any, name: str, blank: Any) -> None:
    read = spec.inputs().load(samples(spec.inputs) | {name: blank})
    assert read == spec.inputs().load(without(spec, name))
    assert read.get(name, missing) == spec.inputs().fields[name].load_default


@pytest.mark.parametrize(("spec", "name", "alias"), ALIASES, ids=label)
def test_an_alias_stands_for_its_field(spec: Any, name: str, alias: str) -> None:
    given, read = samples(spec.inputs), spec.inputs().load(samples(spec.inputs))
    assert spec.inputs().load(without(spec, name) | {alias: given[name]}) == read
    assert spec.inputs().load(given | {alias: given[name]}) == read
    wrong = spec.inputs().validate({alias: "something else"} | given)
    assert "two names of one field" in wrong[name][0]


@pytest.mark.parametrize("key", ["send_sms", "send_mms"])
def test_platforms_may_call_number_and_text_their_own_way(key: str) -> None:
    aliases = {(name, alias) for spec, name, alias in ALIASES if spec.key == key}
    assert aliases == {
        ("phone", "to"),
        ("phone", "recipient"),
        ("message", "text"),
        ("message", "body"),
    }


def test_the_contract_is_there_in_full() -> None:
    promised = {
        "triggers": {"inbound_sms", "latest_sms"},
        "actions": {"send_sms", "send_mms", "add_contact", "create_group", "remove_device"},
        "searches": {
            "find_contact",
            "find_message",
            "find_conversation",
            "get_account",
            "list_devices",
        },
        "options": {"devices", "sim_slots", "groups", "connections", "senders"},
        "providers": {"pairfon", "cloud_messaging"},
    }
    for table, keys in promised.items():
        assert keys <= set(getattr(CATALOG, table)), table


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("inbound_sms", "device_fingerprint sim_slot connection phone to contains"),
        ("latest_sms", "device_fingerprint sim_slot connection phone to contains"),
        ("send_sms", SEND_SMS),
        ("send_mms", SEND_MMS),
        ("add_contact", "phone* group_id* first_name last_name connection"),
        ("create_group", "name* description connection"),
        ("remove_device", "device_fingerprint* connection"),
        ("add_opt_out", "phone* reason sender connection"),
        ("remove_opt_out", "phone* reason* sender connection"),
        ("find_opt_out", "phone* sender connection"),
    ],
)
def test_the_fields_are_those_of_the_contract(key: str, fields: str) -> None:
    [spec] = [each for each in ASKED if each.key == key]
    shown = [name + "*" * field.required for name, field in spec.inputs().fields.items()]
    assert shown == fields.split()


@pytest.mark.parametrize("kind", ["trigger", "action", "search", "option", "provider", "platform"])
def test_what_is_not_there_is_refused_with_what_is(kind: str) -> None:
    with pytest.raises(NotFound, match=r"called 'send-fax'\. Known: .*\."):
        getattr(CATALOG, kind)("send_fax")


@pytest.mark.parametrize("address", ["send-sms", "send_sms"])
def test_an_action_is_found_with_dashes_and_without(address: str) -> None:
    assert CATALOG.action(address).key == "send_sms"


def test_the_whole_catalog_is_shown_as_json() -> None:
    found = json.loads(json.dumps(shown(CATALOG)))
    assert {each: len(found[each]) for each in found} == {
        each: len(getattr(CATALOG, each)) for each in found
    }
