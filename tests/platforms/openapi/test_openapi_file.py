"""The OpenAPI file: valid, and the same that the service answers at /openapi.json."""

from __future__ import annotations

import json

from openapi_spec_validator import validate

from integration import discovery
from integration.web.apps import files
from tests.openapi import routes
from tests.platforms import golden

CATALOG = discovery.load()


def test_the_file_is_the_document_that_the_service_answers() -> None:
    made = files.compiled(CATALOG, CATALOG.platform("openapi"), golden.BASE_URL)
    served = routes.without_a_store().test_client().get("/openapi.json", base_url=golden.BASE_URL)
    assert list(made) == ["openapi.json"]
    assert json.loads(made["openapi.json"]) == served.get_json()


def test_the_part_that_the_catalog_gives_is_valid_by_itself() -> None:
    document = json.loads(golden.compiled("openapi")["openapi.json"])
    validate(document)
    assert {"/v1/triggers/inbound-sms", "/v1/actions/send-sms"} <= set(document["paths"])
