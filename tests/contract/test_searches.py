"""What every search owes; a new SEARCH in actions/ is tested here without asking."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from marshmallow import ValidationError

from integration import discovery
from integration.kernel.events import Account, Contact
from integration.kernel.specs import Search
from tests.contract.memory_provider import (
    NOON,
    MemoryProvider,
    contact,
    device,
    full,
    history_row,
    ids,
    samples,
    talk,
)

CATALOG = discovery.load()
SEARCHES = list(CATALOG.searches.values())


def found(provider: MemoryProvider, key: str, **given: Any) -> list[dict[str, Any]]:
    search = CATALOG.search(key)
    values = search.inputs().load(given)
    return search.best_first(search.run(provider, values), values)


@pytest.mark.parametrize("search", SEARCHES, ids=ids(SEARCHES))
class TestEverySearch:
    def test_some_provider_can_do_it(self, search: Search) -> None:
        kinds = CATALOG.providers.values()
        assert search.needs is None or any(issubclass(each, search.needs) for each in kinds)

    def test_what_it_finds_has_the_keys_and_types_of_its_sample(self, search: Search) -> None:
        [row] = search.run(full(), search.inputs().load(samples(search.inputs)))
        assert list(row) == list(search.sample)
        for key, value in search.sample.items():
            assert type(row[key]) is type(value), key

    def test_what_it_finds_is_flat_json_with_an_id(self, search: Search) -> None:
        [row] = search.run(full(), search.inputs().load(samples(search.inputs)))
        assert json.loads(json.dumps(row)) == row
        assert not any(isinstance(value, dict | list) for value in row.values())
        assert isinstance(row["id"], str)
        assert row["id"]

    def test_it_takes_a_connection_where_it_asks_one(self, search: Search) -> None:
        assert search.needs is None or "connection" in search.inputs().fields


@pytest.mark.parametrize(
    "key", ["find_contact", "find_conversation", "find_message", "list_devices"]
)
def test_where_there_is_nothing_it_finds_nothing(key: str) -> None:
    search = CATALOG.search(key)
    assert found(MemoryProvider(), key, **samples(search.inputs)) == []


def test_a_contact_is_not_searched_without_a_number_or_a_group() -> None:
    with pytest.raises(ValidationError) as refused:
        found(full(), "find_contact", phone="", connection="conn_x")
    assert refused.value.messages == {"phone": ["Give a phone number or a group to look for."]}


def test_the_contact_of_that_very_number_comes_first() -> None:
    class Vague(MemoryProvider):
        def contacts(self, **_: Any) -> list[Contact]:
            return [contact("near", "+141555501234"), contact("there", "14155550123")]

    rows = found(Vague(), "find_contact", phone="+1 415 555 0123")
    assert [row["id"] for row in rows] == ["there", "near"]


def test_contacts_are_found_by_group_alone() -> None:
    provider = MemoryProvider()
    provider.people = [contact("a"), contact("b", group="g_other"), contact("c", "+14155550199")]
    assert [row["id"] for row in found(provider, "find_contact", group_id="g_01hgroup")] == [
        "a",
        "c",
    ]


def test_messages_come_newest_first_and_can_be_narrowed() -> None:
    provider = MemoryProvider()
    provider.rows = [
        history_row(provider_id="1", at=NOON),
        history_row(provider_id="2", at=NOON + timedelta(hours=1), direction="inbound"),
        history_row(provider_id="3", at=NOON + timedelta(hours=2), message="Thanks"),
    ]
    every = found(provider, "find_message", phone="+14155550123")
    assert [row["id"] for row in every] == ["3", "2", "1"]
    assert every[2]["created_at"] == "2026-01-31T12:00:00Z"
    for given, expected in [
        ({"contains": "TABLE"}, ["2", "1"]),
        ({"direction": "Inbound"}, ["2"]),
        ({"contains": "table", "direction": "outbound"}, ["1"]),
        ({"contains": "nowhere"}, []),
    ]:
        rows = found(provider, "find_message", phone="+14155550123", **given)
        assert [row["id"] for row in rows] == expected


def test_conversations_come_newest_first_and_can_be_narrowed() -> None:
    provider = MemoryProvider()
    provider.region = "US"
    provider.talks = [
        talk("+14155550111", None),
        talk("MyBank", 1, last_message="Your code is 1234"),
        talk("(415) 555-0123", 2),
    ]
    every = found(provider, "find_conversation")
    assert [row["id"] for row in every] == ["+14155550123", "MyBank", "+14155550111"]
    assert every[2]["last_message_at"] is None
    assert [row["id"] for row in found(provider, "find_conversation", phone="mybank")] == ["MyBank"]
    assert [row["id"] for row in found(provider, "find_conversation", contains="CODE")] == [
        "MyBank"
    ]


def test_devices_can_be_narrowed_by_status() -> None:
    provider = MemoryProvider()
    provider.phones = [device("a"), device("b", status="Offline")]
    assert [row["id"] for row in found(provider, "list_devices")] == ["a", "b"]
    assert [row["id"] for row in found(provider, "list_devices", status="offline")] == ["b"]


def test_an_account_shows_what_is_flat_and_its_own_words_win() -> None:
    provider = MemoryProvider()
    details = {"currency": "EUR", "limits": {"sms": 5}, "id": 9, "active": True}
    provider.owner = Account(label="Amy", details=details)
    assert found(provider, "get_account") == [
        {"currency": "EUR", "id": "Amy", "active": True, "label": "Amy", "balance": None}
    ]
