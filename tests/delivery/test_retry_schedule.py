"""The retry schedule, with every Retry-After that a target may think of."""

from __future__ import annotations

import math
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


@given(st.integers(1, 9), failures | st.just(0))
def test_a_failure_waits_its_turn_give_or_take_a_tenth(count: int, status: int) -> None:
    verdict = judge(count, status, None)
    assert verdict.status == QUEUED
    assert not verdict.gone
    assert 0.9 * CONTRACT[count - 1] <= verdict.delay <= 1.1 * CONTRACT[count - 1]


@given(failures | st.just(0), st.none() | odd_values)
def test_the_tenth_failure_is_the_last(status: int, wait: str | None) -> None:
    verdict = judge(10, status, wait)
    assert (verdict.status, verdict.gone) == (DEAD, False)


@pytest.mark.parametrize("status", [429, 503])
@given(count=st.integers(1, 9), seconds=st.integers(1, LONGEST_WAIT))
def test_429_and_503_wait_as_long_as_they_ask(count: int, seconds: int, status: int) -> None:
    assert judge(count, status, str(seconds)).delay == seconds


@given(st.integers(1, 9), failures.filter(lambda code: code not in (429, 503)), odd_values)
def test_nobody_else_may_ask_for_time(count: int, status: int, wait: str) -> None:
    assert 0.9 * CONTRACT[count - 1] <= judge(count, status, wait).delay <= 26.5 * 3600


@pytest.mark.parametrize("status", [429, 503])
@given(count=st.integers(1, 9), wait=odd_values)
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
def test_no_value_of_retry_after_breaks_or_stops_a_delivery(
    count: int, wait: str, status: int
) -> None:
    verdict = judge(count, status, wait)
    assert verdict.status == QUEUED
    assert math.isfinite(verdict.delay)
    assert 1.0 <= verdict.delay <= 1.1 * LONGEST_WAIT


@pytest.mark.parametrize("wait", ["nan", "-nan", "inf", "-inf", "-1", "soon", "", "1e400", None])
def test_what_is_no_time_counts_as_not_said(wait: str | None) -> None:
    assert seconds_of(wait) is None
    assert 4.5 <= judge(1, 503, wait).delay <= 5.5


def test_a_date_is_the_time_until_then_and_one_that_has_passed_is_now() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    assert 3500 < judge(1, 503, format_datetime(later, usegmt=True)).delay <= 3600
    assert judge(1, 503, "Sun, 06 Nov 1994 08:49:37 GMT").delay == 1.0
    assert judge(1, 503, "0").delay == 1.0
    assert judge(1, 503, "1.5").delay == 1.5
    assert judge(1, 503, "999999999").delay == LONGEST_WAIT
