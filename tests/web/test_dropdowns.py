"""A dropdown shows all its rows to a platform that pages, and to one that asks once."""

from __future__ import annotations

from typing import Any

from integration.accounts import api_keys, connections
from integration.app import create
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import WORKSPACE

COUNT = 130


def test_who_asks_once_gets_more_than_a_page(own: Services) -> None:
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    for number in range(COUNT):
        given = {"api_key": f"pf_{number}", "base_url": "http://127.0.0.1:9"}
        label = f"Phone {number}"
        connections.save(
            own,
            connections.make(workspace=WORKSPACE, provider="pairfon", label=label, settings=given),
        )
    key = api_keys.create(own.db, WORKSPACE, "A key")[1]
    client = create(own).test_client()

    def asked(**query: Any) -> list[str]:
        headers = {"X-API-Key": key}
        answer = client.get("/v1/options/connections", query_string=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.get_json()]

    pages = [asked(page=number) for number in range(3)]
    assert [len(each) for each in pages] == [100, COUNT - 100, 0]
    assert asked() == [*pages[0], *pages[1]]
