"""A counter counts; one that is nonsense is noted and stops nobody."""

from __future__ import annotations

import pytest
from redis.exceptions import ResponseError

from integration.services import Services
from integration.store import counters, keys


def test_a_counter_counts(own: Services) -> None:
    counters.count(own.db, "inbound-gaps")
    counters.count(own.db, "inbound-gaps")
    assert own.db.hgetall(keys.COUNTERS) == {"inbound-gaps": "2"}


def test_a_counter_that_is_nonsense_is_noted_and_left(own: Services) -> None:
    own.db.hset(keys.COUNTERS, "inbound-gaps", "abc")
    counters.count(own.db, "inbound-gaps")
    assert own.db.hget(keys.COUNTERS, "inbound-gaps") == "abc"
    assert own.db.zrange(keys.BROKEN, 0, -1) == [f"{keys.COUNTERS} inbound-gaps"]


def test_a_store_that_is_full_is_not_called_damaged(own: Services) -> None:
    own.db.config_set("maxmemory", 1)
    try:
        with pytest.raises(ResponseError):
            counters.count(own.db, "inbound-gaps")
    finally:
        own.db.config_set("maxmemory", 0)
    assert own.db.zcard(keys.BROKEN) == 0
