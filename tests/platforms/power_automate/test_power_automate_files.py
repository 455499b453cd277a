"""The connector's files keep the rules of the platform, and every rule bites."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator

from integration import discovery
from platforms import power_automate
from tests.contract.extension_sources import ACTION, TRIGGER
from tests.platforms import golden
from tests.platforms.power_automate import rules
from tests.platforms.power_automate.rules import Files, Json

CATALOG = discovery.load()
SEND, INBOUND = "/v1/actions/send-sms", "/v1/triggers/inbound-sms/hooks"
Change = Callable[[Json, Json], Any]


def files(base_url: str = golden.BASE_URL, catalog: Any = CATALOG) -> Files:
    made = power_automate.compile(catalog, base_url)
    return Files(
        definition=json.loads(made["apiDefinition.swagger.json"]),
        properties=json.loads(made["apiProperties.json"])["properties"],
        icon=bytes(made["icon.png"]),  # type: ignore[arg-type]
    )


MADE = files()


def test_the_definition_is_valid_openapi_2() -> None:
    assert not list(OpenAPIV2SpecValidator(copy.deepcopy(MADE.definition)).iter_errors())


def test_the_validator_would_see_a_fault() -> None:
    broken = copy.deepcopy(MADE.definition)
    broken["paths"][SEND]["post"]["parameters"][0]["in"] = "cookie"
    assert list(OpenAPIV2SpecValidator(broken).iter_errors())


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_connector_keeps_every_rule(rule: Any) -> None:
    assert list(rule(MADE)) == []


def field(definition: Json, path: str, name: str) -> Json:
    shown: Json = definition["paths"][path]["post"]["parameters"][0]["schema"]["properties"][name]
    return shown


def post(definition: Json, path: str) -> Json:
    found: Json = definition["paths"][path]["post"]
    return found


FAULTS: list[tuple[Any, Change]] = [
    (rules.ids, lambda d, _: post(d, SEND).update(operationId="send_sms")),
    (rules.ids, lambda d, _: post(d, SEND).update(operationId="AddContact")),
    (rules.words, lambda d, _: post(d, SEND).update(summary="Send Text Message Now")),
    (rules.words, lambda d, _: post(d, SEND).update(summary="send SMS")),
    (rules.words, lambda d, _: post(d, SEND).update(summary="Send SMS.")),
    (rules.words, lambda d, _: post(d, SEND).update(summary="Send SMS " + "a" * 80)),
    (rules.words, lambda d, _: post(d, SEND).update(description="Sends a text")),
    (rules.words, lambda d, _: post(d, SEND).update(description="Send SMS.")),
    (rules.labels, lambda d, _: field(d, SEND, "phone").update({"x-ms-summary": "phone"})),
    (rules.labels, lambda d, _: field(d, SEND, "phone").pop("x-ms-summary")),
    (rules.labels, lambda d, _: field(d, SEND, "phone").update(description="The number")),
    (rules.hidden, lambda d, _: field(d, SEND, "wait").pop("default")),
    (
        rules.hidden,
        lambda d, _: post(d, SEND)["parameters"][0]["schema"]["required"].remove("wait"),
    ),
    (rules.triggers, lambda d, _: post(d, INBOUND).update({"x-ms-trigger": "batch"})),
    (rules.triggers, lambda d, _: d["paths"][INBOUND].pop("x-ms-notification-content")),
    (rules.triggers, lambda d, _: d["definitions"].pop("InboundSmsEvent")),
    (rules.triggers, lambda d, _: field(d, INBOUND, "target_url").pop("x-ms-notification-url")),
    (rules.triggers, lambda d, _: field(d, INBOUND, "target_url").pop("x-ms-visibility")),
    (rules.triggers, lambda d, _: post(d, INBOUND)["responses"].pop("201")),
    (rules.triggers, lambda d, _: post(d, INBOUND).pop("x-ms-trigger-hint")),
    (
        rules.unsubscribing,
        lambda d, _: d["paths"]["/v1/hooks/{hook_id}"]["delete"].pop("x-ms-visibility"),
    ),
    (rules.unsubscribing, lambda d, _: d["paths"].pop("/v1/hooks/{hook_id}")),
    (rules.polling, lambda d, _: post(d, INBOUND).update({"x-ms-trigger": "batch"})),
    (rules.dropdowns, lambda d, _: d["paths"].pop("/v1/options/devices")),
    (
        rules.dropdowns,
        lambda d, _: field(d, SEND, "device_fingerprint")["x-ms-dynamic-values"].update(
            {"value-title": "name"}
        ),
    ),
    (rules.signing_in, lambda d, _: d["securityDefinitions"]["api_key"].update(name="Api-Key")),
    (rules.signing_in, lambda _, p: p["connectionParameters"]["api_key"].update(type="string")),
    (rules.signing_in, lambda d, _: d["security"].clear()),
    (rules.host, lambda _, p: p["connectionParameters"].pop("host")),
    (rules.host, lambda _, p: p["policyTemplateInstances"].clear()),
    (rules.looks, lambda _, p: p.update(iconBrandColor="blue")),
]


@pytest.mark.parametrize(("rule", "change"), FAULTS)
def test_a_rule_sees_its_fault(rule: Any, change: Change) -> None:
    definition, properties = copy.deepcopy(MADE.definition), copy.deepcopy(MADE.properties)
    change(definition, properties)
    assert list(rule(Files(definition=definition, properties=properties, icon=MADE.icon)))


def test_an_icon_of_another_kind_is_seen() -> None:
    changed = Files(definition=MADE.definition, properties=MADE.properties, icon=b"<svg/>" * 9)
    assert list(rules.looks(changed))


def test_every_rule_has_its_fault() -> None:
    assert {rule for rule, _ in FAULTS} == set(rules.RULES)


def test_an_address_with_a_path_keeps_it_whatever_the_host() -> None:
    made = files("https://example.com/hookline")
    assert made.definition["basePath"] == "/"
    assert all(path.startswith("/hookline/v1/") for path in made.definition["paths"])


def test_a_new_extension_is_an_operation_at_once(tmp_path: Path) -> None:
    for folder, source in (("actions", ACTION), ("triggers", TRIGGER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "new_thing.py").write_text(source)
    made = files(catalog=discovery.load(beside=[tmp_path]))
    assert {"NewThing", "WhenNewThing"} <= made.by_id().keys()
    assert [fault for rule in rules.RULES for fault in rule(made)] == []
