"""Times: what gateways write is read where one moment can be meant, and refused elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from integration.kernel.times import parse_lenient

MOMENT = datetime(2026, 11, 28, 21, tzinfo=UTC)
READ: tuple[Any, ...] = (
    "2026-11-28T21:00:00Z",
    "2026-11-28t21:00:00z",
    "2026-11-28T21:00:00.000000123Z",
    "2026-11-28T16:00:00-05:00",
    "2026-11-28T22:00:00+0100",
    "2026-11-28 22:00:00 +0100",
    "2026-11-28 21:00:00",
    "2026-11-28 21:00:00 UTC",
    "2026-11-28 21:00:00.0 GMT",
    "2026-11-28 09:00:00 PM",
    "20261128T210000Z",
    "2026/11/28 21:00",
    "2026/11/28 21:00:00",
    "Sat, 28 Nov 2026 21:00:00 GMT",
    "Sat, 28 Nov 2026 22:00:00 +0100",
    "28 Nov 2026 21:00:00 +0000",
    "Sat Nov 28 2026 22:00:00 GMT+0100 (Central European Standard Time)",
    "Sat Nov 28 21:00:00 UTC 2026",
    "Sat Nov 28 21:00:00 2026",
    1795899600,
    1795899600.0,
    1795899600_000,
    1795899600_000_000,
    1795899600_000_000_000,
    "1795899600",
    " 1795899600000 ",
    20261128210000,
    "20261128210000",
    "202611282100",
)
REFUSED: tuple[Any, ...] = (
    None,
    True,
    "",
    "yesterday",
    0,
    17,
    -1795899600,
    "1970-01-01T00:00:00Z",
    "0000-00-00 00:00:00",
    "0001-01-01T00:00:00Z",
    "2612-02-12T09:36:50Z",
    "9999-12-31T23:59:59-12:00",
    "11/28/2026 21:00",
    "28.11.2026 21:00",
    "2026-11-28 21:00:00 CST",
    "20261399999999",
    "nan",
    "1e400",
    " " * 100_000 + "(",
    "2026-11-28 21:00:00" + " " * 100_000 + "x",
)


@pytest.mark.parametrize("given", READ, ids=repr)
def test_one_moment_is_read(given: Any) -> None:
    assert parse_lenient(given) == MOMENT


@pytest.mark.parametrize("given", REFUSED, ids=lambda each: repr(each)[:40])
def test_what_may_mean_two_moments_is_refused(given: Any) -> None:
    with pytest.raises((ValueError, OverflowError)):
        parse_lenient(given)


@pytest.mark.parametrize("year", range(2000, 2100, 7))
def test_no_unix_time_is_of_two_units(year: int) -> None:
    moment = datetime(year, 3, 1, 9, 30, 17, tzinfo=UTC)
    seconds = int(moment.timestamp())
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        assert parse_lenient(seconds * unit) == moment
