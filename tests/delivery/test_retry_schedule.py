"""The retry schedule, with every Retry-After that a target may think of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integration.delivery.retry_schedule import (
    DEAD,
    DELAYS,
    DELIVERED,
    LONGEST_WAIT,
    QUEUED,
    judge,
    seconds_of,
)

CONTRACT = (5, 30, 2 * 60, 10 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
tries = st.integers(1, 12)
failures = st.integers(100, 599).filter(lambda code: not 200 <= code < 300 and code != 410)
plain_failures = failures.filter(lambda code: code != 429)
odd_values = st.one_of(
    st.text(),
    st.floats().map(str),
    st.integers().map(str),
    st.datetimes().map(lambda moment: format_datetime(moment)),
    st.builds(
        "{}, {} {} {} {}:{}:{} {}".format,
        st.sampled_from(["Mon", "Foo", ""]),
        st.integers(),
        st.sampled_from(["Jan", "Feb", "Zzz"]),
        st.integers(),
        *[st.integers()] * 3,
        st.sampled_from(["GMT", "+0100", "-9999", "+99999999999", ""]),
    ),
)


def test_the_schedule_is_the_published_one() -> None:
    assert DELAYS == CONTRACT


@given(tries, st.integers(200, 299), odd_values)
def test_any_2xx_is_delivered_whatever_else_it_says(count: int, status: int, wait: str) -> None:
    verdict = judge(count, status, wait)
    assert (verdict.status, verdict.gone) == (DELIVERED, False)


@given(tries, odd_values)
def test_only_410_says_that_the_hook_is_gone(count: int, wait: str) -> None:
    assert judge(count, 410, wait).gone
    assert judge(count, 410, wait).status == DEAD


@given(st.integers(1, 9), plain_failures | st.just(0))
def test_a_failure_waits_its_turn_give_or_take_a_tenth(count: int, status: int) -> None:
    verdict = judge(count, status, None)
    assert (verdict.status, verdict.gone, verdict.asked) == (QUEUED, False, None)
    assert 0.9 * CONTRACT[count - 1] <= verdict.delay <= 1.1 * CONTRACT[count - 1]


@given(plain_failures | st.just(0), st.none() | odd_values)
def test_the_tenth_failure_is_the_last(status: int, wait: str | None) -> None:
    verdict = judge(10, status, wait if status != 503 else None)
    assert (verdict.status, verdict.gone) == (DEAD, False)


@pytest.mark.parametrize("status", [429, 503])
@given(count=tries, seconds=st.integers(0, LONGEST_WAIT))
def test_429_and_503_wait_as_long_as_they_ask_and_use_up_no_try(
    count: int, seconds: int, status: int
) -> None:
    verdict = judge(count, status, str(seconds))
    assert (verdict.status, verdict.asked) == (QUEUED, seconds)


@given(tries)
def test_429_waits_also_where_it_names_no_time_and_503_is_a_failure_then(count: int) -> None:
    assert judge(count, 429, None).asked == -1
    assert judge(count, 503, None).asked is None


@given(st.integers(1, 9), failures.filter(lambda code: code not in (429, 503)), odd_values)
def test_nobody_else_may_ask_for_time(count: int, status: int, wait: str) -> None:
    verdict = judge(count, status, wait)
    assert verdict.asked is None
    assert 0.9 * CONTRACT[count - 1] <= verdict.delay <= 26.5 * 3600


@given(count=tries, wait=odd_values)
@example(count=1, wait="nan")
@example(count=1, wait="inf")
@example(count=1, wait="-5")
@example(count=1, wait="1e400")
@example(count=1, wait="1" * 5000)
@example(count=1, wait="Mon, 01 Jan 99999999999999 00:00:00 GMT")
@example(count=1, wait="Mon, 01 Jan 0001 00:00:00 +2359")
@example(count=1, wait="Mon, 01 Jan 2026 00:00:00 +99999999999999999999")
@example(count=1, wait="soon")
@example(count=1, wait="\udcff")
def test_no_value_of_retry_after_breaks_or_stops_a_delivery(count: int, wait: str) -> None:
    asked = judge(count, 429, wait).asked
    assert asked is not None
    assert asked == -1 or 0 <= asked <= LONGEST_WAIT


# Values that public bug reports name, and the seconds that they mean; None is no time at all.
SEEN = {
    "120": 120.0,
    " 120 ": 120.0,
    "0": 0.0,
    "1.5": 1.5,
    "30, 30": 30.0,
    "120s": 120.0,
    "30;": None,
    "2m": None,
    "2020-11-29T09:00:00Z": 0.0,
    "1e3": None,
    "0x10": None,
    "1_000": None,
    "\u0661\u0662": None,
    "+5": None,
    "-1": None,
    "nan": None,
    "inf": None,
    "": None,
    "null": None,
    "Sun, 06 Nov 1994 08:49:37 GMT": 0.0,
    "Sunday, 06-Nov-94 08:49:37 GMT": 0.0,
    "Sun Nov  6 08:49:37 1994": 0.0,
    "784111777": 784111777.0,
}


@pytest.mark.parametrize(("written", "seconds"), SEEN.items())
def test_retry_after_is_read_as_targets_write_it(written: str, seconds: float | None) -> None:
    assert seconds_of(written) == seconds


def test_a_moment_is_the_time_until_then() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    written = format_datetime(later, usegmt=True), later.isoformat(), f"{later.timestamp():.0f}"
    for each in written:
        asked = judge(1, 503, each).asked
        assert asked is not None
        assert 3500 < asked <= 3601
    assert judge(1, 429, "999999999").asked == LONGEST_WAIT
