"""The n8n package: as it is kept, as n8n's own tools take it, and what its nodes offer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from integration import discovery
from integration.kernel.catalog import dashed
from integration.kernel.fields import described
from tests.platforms import golden, node
from tests.platforms.n8n.built import Nodes
from tests.platforms.node_script import NodeScript

CATALOG = discovery.load()
SPECS = [*CATALOG.actions.values(), *CATALOG.searches.values()]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_n8ns_own_lint_finds_a_planted_fault_and_nothing_else(package: Path) -> None:
    """Lint that passes everything would prove nothing."""
    place = package / "nodes/Hookline/operations.ts"
    text = place.read_text()
    place.write_text(text.replace("displayName: 'Phone'", "displayName: 'phone number'", 1))
    done = node.run(["n8n-node", "lint"], package)
    place.write_text(text)
    assert "✖ 1 problem (1 error, 0 warnings)" in done.stdout
    assert "node-param-display-name-miscased" in done.stdout


@pytest.fixture(scope="module")
def told(standin: NodeScript) -> dict[str, Any]:
    found = Nodes(standin, golden.BASE_URL, "hk_any").run("describe")
    return dict(found["result"])


def of(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    [found] = [each for each in told["nodes"] if each["name"] == name]
    return list(found["properties"])


def fields_of(properties: list[dict[str, Any]], **shown: str) -> dict[str, dict[str, Any]]:
    """What a user is offered once the parameters have these values, by key."""
    wanted = {name: [value] for name, value in shown.items()}
    here = [
        each
        for each in properties
        if each.get("displayOptions", {}).get("show", {}).items() >= wanted.items()
    ]
    alone = {each["name"]: each for each in here if each["type"] != "collection"}
    added = [row for each in here if each["type"] == "collection" for row in each["options"]]
    return alone | {row["name"]: row for row in added}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_every_action_and_search_offers_its_fields(told: dict[str, Any], spec: Any) -> None:
    found = fields_of(of(told, "hookline"), operation=dashed(spec.key))
    assert_same_fields(found, spec)


@pytest.mark.parametrize("spec", CATALOG.triggers.values(), ids=lambda spec: spec.key)
@pytest.mark.parametrize("name", ["hooklineTrigger", "hooklinePollingTrigger"])
def test_every_trigger_offers_its_filters(told: dict[str, Any], name: str, spec: Any) -> None:
    [event] = [each for each in of(told, name) if each["name"] == "event"]
    assert dashed(spec.key) in [each["value"] for each in event["options"]]
    assert_same_fields(fields_of(of(told, name), event=dashed(spec.key)), spec)


def assert_same_fields(found: dict[str, dict[str, Any]], spec: Any) -> None:
    wanted = {field["key"]: field for field in described(spec.inputs)}
    assert found.keys() - {"wait"} == wanted.keys()
    for key, field in wanted.items():
        shown = found[key]
        assert shown["displayName"].startswith(field["label"])
        assert bool(shown.get("required")) == field["required"]
        typed = shown.get("typeOptions", {})
        assert ("loadOptionsMethod" in typed) == ("options" in field)
        assert ("loadOptionsDependsOn" in typed) == ("follows" in field)


def test_every_dropdown_has_its_method(told: dict[str, Any]) -> None:
    every = [each for name in ("hookline", "hooklineTrigger") for each in of(told, name)]
    flat = [*every, *(row for each in every for row in each.get("options", []))]
    used = {each.get("typeOptions", {}).get("loadOptionsMethod") for each in flat} - {None}
    assert used <= set(told["methods"])
    assert len(told["methods"]) == len(CATALOG.options)
