"""By how much a provider's clock is behind ours, as the answer to a call tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from integration.accounts.provider_limit import Permits
from integration.accounts.provider_link import MeteredHttp, Reach
from integration.kernel.specs import Answer, Limit
from integration.services import Services


class Told:
    """Stands in for the network's edge: answers each call with these headers."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers

    def call(self, *_: Any, **__: Any) -> Answer:
        return Answer(status=200, headers=self.headers, data={})


def behind(own: Services, **headers: str) -> float:
    permits, reach = Permits(own.db, "conn_a", Limit(requests=1000, seconds=60)), Reach()
    http = MeteredHttp(lambda _: Told(headers), permits, 10, reach)  # type: ignore[arg-type,return-value]  # it has the one method that is called
    http.call("GET", "/")
    return reach.behind


def written(ago: timedelta) -> str:
    return format_datetime(datetime.now(UTC) - ago, usegmt=True)


def test_the_date_of_an_answer_shows_that_a_clock_is_slow(own: Services) -> None:
    assert 1200 <= behind(own, date=written(timedelta(minutes=20))) < 1300


@pytest.mark.parametrize(
    "date",
    [
        *("", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 0001 00:00:00 -0000"),
        "Thu, 01 Jan 2026 00:00:00 +99999999999999999999",
    ],
)
def test_a_date_that_tells_nothing_is_passed_over(own: Services, date: str) -> None:
    assert behind(own, date=date) == 0


def test_a_clock_that_is_fast_is_not_behind(own: Services) -> None:
    assert behind(own, date=written(timedelta(minutes=-20))) == 0
    assert behind(own) == 0
