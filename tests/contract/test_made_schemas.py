"""A schema with the fields alone that an input needs reads, and refuses, as the whole one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from marshmallow import ValidationError

from integration import discovery
from integration.kernel.call_options import Handling, OptionsQuery, Paging
from integration.kernel.fields import Inputs
from integration.kernel.made_schemas import reading
from tests.contract.test_fields import Everything

CATALOG = discovery.load()
SPECS: list[Any] = [
    *CATALOG.actions.values(),
    *CATALOG.searches.values(),
    *CATALOG.triggers.values(),
]
SCHEMAS = [*(spec.inputs for spec in SPECS), Handling, Paging, OptionsQuery, Everything]
ODD = [None, "", " ", "x", "+14155550123", "-1", 7.0, True, [], ["a"], {"a": 1}, 10**30]


def outcome(schema: Inputs, given: Mapping[str, Any]) -> Any:
    try:
        return list(schema.load(given).items())
    except ValidationError as error:
        return error.messages


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda each: each.__name__)
def test_both_read_and_refuse_alike(schema: type[Inputs]) -> None:
    whole = schema(region="US")
    samples = {name: field.metadata["sample"] for name, field in whole.fields.items()}
    aliases = [alias for field in whole.fields.values() for alias in field.metadata["aliases"]]
    given: list[Mapping[str, Any]] = [{}, samples, {"no_such": 1}, {**samples, "no_such": 1}]
    given += [{name: value} for name in (*samples, *aliases) for value in ODD]
    given += [{**samples, name: value} for name in samples for value in ODD]
    for each in given:
        assert outcome(reading(schema, "US", each), each) == outcome(whole, each), each


def test_what_is_left_out_costs_nothing() -> None:
    schema = CATALOG.action("send_sms").inputs
    given = {"phone": "+14155550123", "message": "Your table is ready."}
    assert [*reading(schema, None, given).fields] == [*given]
