"""A number is found however somebody spells it."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.activity import feed
from integration.activity.wanted import Wanted, is_number
from integration.kernel.feed_query import OUT
from integration.services import Services
from tests.delivery.drains import WORKSPACE, receive
from tests.jobs.history import TEXT, Desk


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def ids(own: Services, **wanted: object) -> list[str]:
    found = feed.page(own, WORKSPACE, Wanted(**wanted), 9)  # type: ignore[arg-type]  # any filter
    return [row.id for row in found.rows]


@pytest.mark.parametrize(
    "asked", ["4155550123", "(415) 555-0123", "+1 415 555 0123", "0123", "+14155550123", "555-012"]
)
def test_a_number_is_found_by_each_of_its_spellings(own: Services, desk: Desk, asked: str) -> None:
    job = desk.job()
    receive(own, desk.connection, "Hello")
    desk.accepted({"phone": ["+12025550199"], "message": TEXT, "device_fingerprint": "phone-1"})
    assert ids(own, phone=asked, directions=[OUT]) == [job]
    assert ids(own, q=asked, directions=[OUT]) == [job]


@pytest.mark.parametrize(
    ("asked", "phone", "is_it"),
    [
        ("020 7946 0018", "+442079460018", True),
        ("+442079460018", "020 7946 0018", True),
        ("0044 20 7946 0018", "+442079460018", True),
        ("0018", "+442079460018", True),
        ("0018", "+442079400181", True),
        ("MyBank", "MyBank", True),
        ("bank", "MyBank", True),
        ("40404", "40404", True),
        ("4155550124", "+14155550123", False),
        ("bank", "+14155550123", False),
        ("12", "+14155550123", False),
        ("0123", "", False),
    ],
)
def test_what_names_a_number(asked: str, phone: str, is_it: bool) -> None:
    assert is_number(asked, phone) is is_it
