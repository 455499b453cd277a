"""The pages of the document: all of it, from here alone, small, and open to everybody."""

from __future__ import annotations

import re

import pytest

from integration.web.console.doc_pages import slug
from tests.openapi.routes import without_a_store

CLIENT = without_a_store().test_client()
FIRST = CLIENT.get("/docs")
DOCUMENT = CLIENT.get("/openapi.json").get_json()
PARTS = [slug(each["name"]) for each in DOCUMENT["tags"]]
PATHS = ["/docs", *(f"/docs/{each}" for each in (*PARTS, "objects", "deliveries"))]
PAGES = {path: CLIENT.get(path) for path in PATHS}
TEXTS = {path: page.get_data(as_text=True) for path, page in PAGES.items()}
MOST = 100_000
"""Bytes of a page, before it is compressed."""


def test_each_part_has_an_address_of_its_own() -> None:
    assert len(set(PARTS)) == len(PARTS)
    assert not {"objects", "deliveries", "try"} & {*PARTS}
    assert CLIENT.get("/docs/nothing").status_code == 404


def test_every_operation_stands_on_the_page_of_its_part() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            text = TEXTS[f"/docs/{slug(operation['tags'][0])}"]
            assert f'id="{operation["operationId"]}"' in text
            assert f"#{operation['operationId']}" in TEXTS["/docs"]


def test_every_link_within_the_pages_leads_somewhere() -> None:
    places = {path: set(re.findall(r'id="([^"]+)"', text)) for path, text in TEXTS.items()}
    wanted = {each for text in TEXTS.values() for each in re.findall(r'href="(/docs[^"]*)"', text)}
    assert len(wanted) > len(PATHS)
    for each in wanted:
        path, _, name = each.partition("#")
        assert path in places, each
        assert not name or name in places[path], each


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_small_and_loads_our_own_assets_alone(path: str) -> None:
    page, text = PAGES[path], TEXTS[path]
    assert page.status_code == 200
    assert len(page.get_data()) <= MOST
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    loaded = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="([^"]*)"', text)
    assert loaded
    assert all(each.startswith("/console/static/") for each in loaded)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert ' style="' not in text


def test_a_visitor_is_shown_the_way_in_and_tries_nothing() -> None:
    assert "Sign in to try calls" in TEXTS["/docs"]
    assert "/docs/try/" not in "".join(TEXTS.values())
    answer = CLIENT.get("/docs/try/list_jobs?go=1")
    assert answer.status_code in (303, 503), "there is no store here to ask who it is"
