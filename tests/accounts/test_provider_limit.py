"""The provider's rate limit: shared through the store, learnt from what the provider says."""

from __future__ import annotations

import pytest

from integration.accounts.provider_limit import BACKFILL, SYNC, Permits
from integration.kernel.errors import LimitUsedUp, ProviderUnavailable
from integration.kernel.specs import Limit
from integration.services import Services
from integration.store import keys

pytestmark = pytest.mark.usefixtures("slow_clock")


def permits(own: Services, requests: int = 3) -> Permits:
    """As another process, or another job, has them."""
    return Permits(own.db, "conn_1", Limit(requests=requests, seconds=60))


def told(limit: int, remaining: int, reset: int = 60) -> dict[str, str]:
    shown = {"limit": limit, "remaining": remaining, "reset": reset}
    return {f"ratelimit-{name}": str(value) for name, value in shown.items()}


def kept(own: Services) -> dict[str, str]:
    found: dict[str, str] = own.db.hgetall(keys.permits("conn_1"))
    return found


def test_all_processes_together_make_as_many_calls_as_are_allowed(own: Services) -> None:
    for _ in range(3):
        permits(own).take()
    with pytest.raises(ProviderUnavailable) as refused:
        permits(own).take()
    assert refused.value.retry_after
    assert 0 < refused.value.retry_after <= 60


def test_a_provider_that_counts_more_calls_than_we_is_believed(own: Services) -> None:
    mine = permits(own)
    mine.take()
    mine.learn(told(3, remaining=0), 200)
    with pytest.raises(ProviderUnavailable):
        permits(own).take()


def test_a_provider_that_says_another_limit_is_believed(own: Services) -> None:
    mine = permits(own)
    mine.take()
    mine.learn(told(100, remaining=99), 200)
    for _ in range(50):
        permits(own).take()


@pytest.mark.parametrize("stated", ["0", "0.5", "-1", "unlimited"])
def test_a_limit_of_no_calls_is_not_believed(own: Services, stated: str) -> None:
    mine = permits(own)
    mine.take()
    mine.learn(told(3, remaining=0, reset=0) | {"ratelimit-limit": stated}, 200)
    for _ in range(2):
        permits(own).take()


def test_an_answer_that_says_what_is_known_is_not_written_down(own: Services) -> None:
    mine = permits(own)
    mine.take()
    before = own.db.info("commandstats").get("cmdstat_evalsha")
    mine.learn(told(3, remaining=2), 200)
    assert own.db.info("commandstats").get("cmdstat_evalsha") == before
    assert kept(own)["count"] == "1"
    mine.learn(told(3, remaining=2, reset=20), 200)
    assert own.db.info("commandstats").get("cmdstat_evalsha") != before, "another stretch is news"


def test_after_too_many_calls_none_is_made_for_as_long_as_the_provider_says(own: Services) -> None:
    mine = permits(own)
    mine.take()
    mine.learn({**told(3, remaining=2), "retry-after": "7"}, 429)
    with pytest.raises(ProviderUnavailable) as refused:
        permits(own).take()
    assert refused.value.retry_after
    assert 6 < refused.value.retry_after <= 7


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}, {"ratelimit-limit": "3"}])
def test_after_too_many_calls_none_is_made_for_a_minute_where_no_wait_is_stated(
    own: Services, headers: dict[str, str]
) -> None:
    mine = permits(own)
    mine.take()
    mine.learn(headers, 429)
    with pytest.raises(ProviderUnavailable) as refused:
        permits(own).take()
    assert refused.value.retry_after
    assert 50 < refused.value.retry_after <= 60


@pytest.mark.parametrize("share", [BACKFILL, SYNC])
def test_what_others_go_before_leaves_them_the_rest_and_has_a_tenth(
    own: Services, share: int
) -> None:
    patient = Permits(own.db, "conn_1", Limit(requests=20, seconds=60), share=share)
    for _ in range(20 * share // 100):
        patient.take()
    with pytest.raises(ProviderUnavailable):
        patient.take()
    for _ in range(20 - 20 * share // 100):
        permits(own, 20).take()
    own.db.hset(keys.permits("conn_1"), "ends", 1)
    for _ in range(17):
        permits(own, 20).take()
    for _ in range(2):
        patient.take()
    with pytest.raises(ProviderUnavailable):
        patient.take()
    permits(own, 20).take()


@pytest.mark.parametrize("share", [BACKFILL, SYNC])
@pytest.mark.parametrize("limit", [1, 2, 20, 101])
def test_sends_that_come_first_leave_the_next_window_what_others_found_gone_up_to_a_tenth(
    own: Services, share: int, limit: int
) -> None:
    patient = Permits(own.db, "conn_1", Limit(requests=limit, seconds=60), share=share)
    tenth = min(-(-limit // 10), limit - 1)
    for kept_back, refused in [(0, tenth + 2), (tenth, 0), (tenth, 0)]:
        for _ in range(limit - kept_back):
            permits(own, limit).take()
        with pytest.raises(LimitUsedUp):
            permits(own, limit).take()
        for _ in range(kept_back):
            patient.take()
        for _ in range(refused):
            with pytest.raises(LimitUsedUp):
                patient.take()
        own.db.hset(keys.permits("conn_1"), "ends", 1)
    for kept_back in (tenth, 0):
        for _ in range(limit - kept_back):
            permits(own, limit).take()
        with pytest.raises(LimitUsedUp):
            permits(own, limit).take()
        own.db.hset(keys.permits("conn_1"), "ends", 1)
