"""The document is valid, says what the service answers and no more, and its examples hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from integration.kernel.catalog_rules import is_sentence
from tests.openapi import routes

APP = routes.without_a_store()
DOCUMENT: dict[str, Any] = APP.test_client().get("/openapi.json").get_json()
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
NAMES = [name for name, _ in OPERATIONS]


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body with an example, requests and answers."""
    for name, operation in OPERATIONS:
        bodies = [("request", operation.get("requestBody", {}))]
        bodies += operation["responses"].items()
        for which, body in bodies:
            for content in body.get("content", {}).values():
                if "example" in content:
                    yield f"{name} {which}", content


def fault(schema: dict[str, Any], value: Any) -> str:
    """Why the value does not fit the schema; empty where it does."""
    whole = {"components": DOCUMENT["components"], **schema}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return "; ".join(each.message for each in validator.iter_errors(value))


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_everything_served_is_described() -> None:
    assert routes.served(APP) - routes.described(APP, DOCUMENT) == set()


def test_everything_described_is_served() -> None:
    assert routes.described(APP, DOCUMENT) - routes.served(APP) == set()


def test_every_extension_is_described() -> None:
    catalog = APP.extensions["hookline"].catalog
    ids = {operation["operationId"] for _, operation in OPERATIONS}
    assert {*catalog.actions, *catalog.searches} <= ids
    assert {f"poll_{key}" for key in catalog.triggers} <= ids
    assert {f"options_{key}" for key in catalog.options} <= ids
    assert set(DOCUMENT["webhooks"]) == {key.replace("_", "-") for key in catalog.triggers}


def test_operation_ids_are_distinct() -> None:
    hooks = [each["post"]["operationId"] for each in DOCUMENT["webhooks"].values()]
    ids = [operation["operationId"] for _, operation in OPERATIONS] + hooks
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=NAMES)
def test_every_operation_has_a_sentence_and_a_tag(name: str, operation: dict[str, Any]) -> None:
    assert is_sentence(operation["summary"])
    assert operation["summary"].count(". ") == 0
    assert operation["tags"][0] in {each["name"] for each in DOCUMENT["tags"]}


@pytest.mark.parametrize(("name", "content"), list(contents()), ids=lambda each: str(each)[:60])
def test_every_example_fits_its_schema(name: str, content: dict[str, Any]) -> None:
    assert fault(content["schema"], content["example"]) == ""


def test_every_sample_of_a_schema_fits_it() -> None:
    faults = {
        f"{name}: {fault(schema, sample)}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for sample in schema.get("examples", ())
        if fault(schema, sample)
    }
    assert faults == set()


def test_an_example_that_does_not_fit_would_be_seen() -> None:
    assert fault({"$ref": "#/components/schemas/Job"}, {"id": 1})


def test_the_webhook_headers_are_those_of_standard_webhooks() -> None:
    wanted = {"webhook-id", "webhook-timestamp", "webhook-signature"}
    for each in DOCUMENT["webhooks"].values():
        assert {parameter["name"] for parameter in each["post"]["parameters"]} == wanted


def test_the_server_is_the_public_address() -> None:
    answer = APP.test_client().get("/openapi.json", base_url="https://sms.example.com")
    assert answer.get_json()["servers"] == [{"url": "https://sms.example.com"}]
