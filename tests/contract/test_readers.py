"""What is read past marshmallow's general machinery is what it would read, and refuse, itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from marshmallow import ValidationError

from integration import discovery
from integration.kernel.call_options import Handling, OptionsQuery, Paging
from integration.kernel.fast_loader import Reader, reader
from integration.kernel.fields import Inputs
from tests.contract.test_fields import READ, Everything

CATALOG = discovery.load()
SPECS: list[Any] = [
    *CATALOG.actions.values(),
    *CATALOG.searches.values(),
    *CATALOG.triggers.values(),
]
SCHEMAS = [*(spec.inputs for spec in SPECS), Handling, Paging, OptionsQuery, Everything]
ODD = [
    None,
    "",
    " ",
    "x",
    "x" * 2_000,
    "+14155550123",
    "-1",
    7.0,
    True,
    [],
    ["a"],
    {"a": 1},
    10**30,
]


def outcome(how: Reader | Inputs, given: Mapping[str, Any]) -> Any:
    try:
        return list(how.load(given).items())
    except ValidationError as error:
        return error.messages


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda each: each.__name__)
def test_both_read_and_refuse_alike(schema: type[Inputs]) -> None:
    both = reader(schema, "US"), schema(region="US")
    samples = {name: field.metadata["sample"] for name, field in both[1].fields.items()}
    given: list[Mapping[str, Any]] = [{}, samples, {"no_such": 1}, {**samples, "no_such": 1}]
    given += [{name: value} for name in samples for value in ODD]
    given += [{**samples, name: value} for name in samples for value in ODD]
    for each in given:
        assert outcome(both[0], each) == outcome(both[1], each), each


@pytest.mark.parametrize(("name", "value", "read"), READ)
def test_what_is_sound_takes_the_short_way(name: str, value: Any, read: Any) -> None:
    found = reader(Everything, "US")
    assert found._plain
    assert found._read(found.schema.forgive({name: value})) == {name: read}


def test_rules_over_a_whole_schema_are_marshmallows() -> None:
    assert not reader(CATALOG.searches["find_contact"].inputs)._plain
