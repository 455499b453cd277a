"""The list of opt-outs, the latest first, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from integration.accounts import api_keys
from integration.accounts.connections import Connection
from integration.app import create
from integration.opt_outs import in_order, register
from integration.opt_outs.wish import BY_HAND, Wish
from integration.services import Services
from integration.store import keys
from integration.store.client import TextStore
from tests.delivery.drains import WORKSPACE
from tests.opt_outs.texting import OTHER, OWN

PEOPLE = 30


@pytest.fixture(autouse=True)
def wishes(own: Services, connection: Connection) -> list[Wish]:
    """One of each person in turn, and a second one of every third."""
    made = []
    for number in range(PEOPLE):
        for sender in (OWN, OTHER)[: 2 if number % 3 == 0 else 1]:
            wish = Wish(
                connection=connection.id,
                phone=f"+1415555{number:04d}",
                sender=sender,
                out=number % 2 == 0,
                at_ms=1_000 + number,
                by=BY_HAND,
            )
            register.record(own, connection, wish)
            made.append(wish)
    return sorted(made, key=in_order.newest_first)


@pytest.fixture
def client(own: Services) -> FlaskClient:
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    return create(own).test_client()


def listed(own: Services, client: FlaskClient, limit: int, **filters: Any) -> list[tuple[str, str]]:
    """Phone and sender of all rows, page by page."""
    key = api_keys.create(own.db, WORKSPACE, "A key")[1]
    found: list[tuple[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": limit, "cursor": cursor, **filters}
        answer = client.get("/v1/opt-outs", query_string=query, headers={"X-API-Key": key})
        assert answer.status_code == 200, answer.text
        rows, cursor = answer.get_json()["data"], answer.get_json()["next_cursor"]
        assert len(rows) <= limit
        found += [(each["phone"], each["sender"]) for each in rows]
    return found


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_the_pages_together_are_the_list(
    own: Services, client: FlaskClient, wishes: list[Wish], limit: int
) -> None:
    assert listed(own, client, limit) == [(each.phone, each.sender) for each in wishes]
    out = [(each.phone, each.sender) for each in wishes if each.out]
    assert listed(own, client, limit, out="true") == out
    assert listed(own, client, limit, sender=OTHER) == [
        (each.phone, each.sender) for each in wishes if each.sender == OTHER
    ]


@pytest.mark.parametrize("lacking", [1, PEOPLE])
def test_a_register_that_an_older_release_wrote_is_put_in_order(
    own: Services, client: FlaskClient, wishes: list[Wish], lacking: int
) -> None:
    own.db.zremrangebyrank(keys.opt_outs_order(WORKSPACE), 0, lacking - 1)
    assert listed(own, client, 7) == [(each.phone, each.sender) for each in wishes]


class Breaking:
    """A store that is away once the register is to be read."""

    def __init__(self, db: TextStore) -> None:
        self.db = db

    def __getattr__(self, name: str) -> Any:
        return getattr(self.db, name)

    def hscan_iter(self, *_: object, **__: object) -> Any:
        raise ConnectionError


def test_a_register_that_is_put_in_order_lacks_nothing_for_others_meanwhile(
    own: Services, wishes: list[Wish]
) -> None:
    order = keys.opt_outs_order(WORKSPACE)
    own.db.zremrangebyrank(order, 0, 0)
    before = own.db.zrange(order, 0, -1)
    half = replace(own, db=Breaking(own.db))
    with pytest.raises(ConnectionError):
        in_order.page(half, WORKSPACE, bool, len(wishes), in_order.Start(0, 0))
    assert own.db.zrange(order, 0, -1) == before


def test_a_later_wish_comes_first(
    own: Services, client: FlaskClient, connection: Connection
) -> None:
    oldest = Wish(
        connection=connection.id,
        phone="+14155550000",
        sender=OWN,
        out=False,
        at_ms=9_000,
        by=BY_HAND,
    )
    register.record(own, connection, oldest)
    assert listed(own, client, 7)[0] == (oldest.phone, OWN)


def test_a_cursor_of_another_list_is_refused(own: Services, client: FlaskClient) -> None:
    key = api_keys.create(own.db, WORKSPACE, "A key")[1]
    for cursor in ("c0x0", "p1.", "p-1", "1.job_0"):
        query = {"cursor": cursor}
        answer = client.get("/v1/opt-outs", query_string=query, headers={"X-API-Key": key})
        assert answer.status_code == 422, cursor
