"""Heartbeats: when a process of each kind was last alive, for /readyz and /metrics."""

from integration.store import damaged, keys, lifetimes
from integration.store.client import TextStore
from integration.store.clock import now_ms
from integration.store.counters import number


def beat(db: TextStore, kind: str) -> None:
    """Store that a process of this kind is alive now."""
    db.set(keys.heartbeat(kind), now_ms(), ex=lifetimes.HEARTBEAT_SECONDS)


def age_ms(db: TextStore, kind: str) -> int | None:
    """Milliseconds since the last heartbeat, None where no readable one is stored."""
    seen = db.get(keys.heartbeat(kind))
    if seen is None:
        return None
    last = number(seen)
    if last is None:
        damaged.note(db, keys.heartbeat(kind), "no time")
        return None
    return max(0, now_ms() - last)
