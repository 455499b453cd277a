"""What every dropdown owes; a new file in options/ is tested here without asking."""

from __future__ import annotations

import pytest

from integration import discovery
from integration.kernel.events import Account
from integration.kernel.specs import Linked, Options, Provider
from tests.contract.memory_provider import MemoryProvider, NoHttp, device, full, ids

CATALOG = discovery.load()
DROPDOWNS = list(CATALOG.options.values())
NEEDY = [dropdown for dropdown in DROPDOWNS if dropdown.needs]


def linked(provider: MemoryProvider, key: str = "conn_a", label: str = "Amy's Phones") -> Linked:
    return Linked(id=key, label=label, provider=provider)


@pytest.mark.parametrize("dropdown", DROPDOWNS, ids=ids(DROPDOWNS))
class TestEveryDropdown:
    def test_its_rows_are_an_id_and_a_label(self, dropdown: Options) -> None:
        rows = dropdown.list([linked(full())])
        for row in [*rows, *dropdown.sample]:
            assert set(row) == {"id", "label"}
            assert {type(text) for text in row.values()} == {str}
            assert all(row.values())
        assert rows
        assert dropdown.sample

    def test_no_id_stands_twice(self, dropdown: Options) -> None:
        rows = dropdown.list([linked(full()), linked(full(), "conn_b", "Bob's Phones")])
        assert len({row["id"] for row in rows}) == len(rows)

    def test_some_provider_fills_it(self, dropdown: Options) -> None:
        assert any(
            dropdown.needs is None or issubclass(provider, dropdown.needs)
            for provider in CATALOG.providers.values()
        )


@pytest.mark.parametrize("dropdown", NEEDY, ids=ids(NEEDY))
def test_connections_that_cannot_are_passed_over(dropdown: Options) -> None:
    class Unable(Provider):
        def probe(self) -> Account:
            return Account(label="Bare")

    unable = Linked(id="conn_b", label="Bare", provider=Unable({}, NoHttp()))
    assert dropdown.list([unable]) == []
    assert dropdown.list([unable, linked(full())]) == dropdown.list([linked(full())])


def test_a_device_shows_its_name_and_status() -> None:
    provider = full()
    provider.phones.append(device("nameless", name="", status=""))
    assert CATALOG.option("devices").list([linked(provider)]) == [
        {"id": "abc123", "label": "Samsung Galaxy S24 (active)"},
        {"id": "nameless", "label": "nameless"},
    ]


def test_connections_of_one_name_show_provider_and_id() -> None:
    three = [linked(full()), linked(full(), "conn_b"), linked(full(), "conn_c", "Office")]
    assert CATALOG.option("connections").list(three) == [
        {"id": "conn_a", "label": "Amy's Phones (Memory, conn_a)"},
        {"id": "conn_b", "label": "Amy's Phones (Memory, conn_b)"},
        {"id": "conn_c", "label": "Office"},
    ]


def test_both_sim_slots_are_offered_and_can_be_given_back() -> None:
    rows = CATALOG.option("sim-slots").list([])
    field = CATALOG.action("send-sms").inputs().fields["sim_slot"]
    assert [field.deserialize(row["id"]) for row in rows] == ["SIM1", "SIM2"]
