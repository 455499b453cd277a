"""A heartbeat has an age; a nonsense one counts as missing."""

from __future__ import annotations

from integration.services import Services
from integration.store import heartbeat, keys


def test_a_heartbeat_has_an_age(own: Services) -> None:
    assert heartbeat.age_ms(own.db, "worker") is None
    heartbeat.beat(own.db, "worker")
    age = heartbeat.age_ms(own.db, "worker")
    assert age is not None
    assert age >= 0
    assert own.db.ttl(keys.heartbeat("worker")) > 0


def test_a_nonsense_heartbeat_counts_as_missing_and_is_noted(own: Services) -> None:
    own.db.set(keys.heartbeat("worker"), "just now")
    assert heartbeat.age_ms(own.db, "worker") is None
    assert own.db.zrange(keys.BROKEN, 0, -1) == [keys.heartbeat("worker")]
