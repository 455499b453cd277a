"""A list refuses a filter that it does not have: the answer would be taken for what was asked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from integration.accounts import api_keys
from integration.app import create
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import WORKSPACE, subscribe

LISTS = {
    "/v1/hooks": ("target_url", "q", "state"),
    "/v1/hooks/{hook}/deliveries": ("status",),
    "/v1/jobs": ("status", "batch_id"),
    "/v1/connections": (),
    "/v1/keys": (),
    "/v1/audit": (),
}
each_list = pytest.mark.parametrize("path", LISTS)


@pytest.fixture
def client(own: Services) -> FlaskClient:
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    found = create(own).test_client()
    found.environ_base["HTTP_X_API_KEY"] = api_keys.create(own.db, WORKSPACE, "Admin")[1]
    return found


@each_list
def test_a_filter_that_a_list_does_not_have_is_refused_by_name(
    client: FlaskClient, own: Services, path: str
) -> None:
    answer = client.get(f"{path.format(hook=subscribe(own).id)}?phone=%2B14155550123")
    assert answer.status_code == 422
    [sentence] = answer.get_json()["errors"]["phone"]
    for name in ("limit", "cursor", *LISTS[path]):
        assert name in sentence


@each_list
def test_a_list_takes_each_of_its_own(client: FlaskClient, own: Services, path: str) -> None:
    query = dict.fromkeys(("limit", "cursor", *LISTS[path]), "")
    answer = client.get(path.format(hook=subscribe(own).id), query_string=query)
    assert answer.status_code == 200, answer.text
