"""Times as the sandbox writes them: RFC 3339 in UTC, to the microsecond in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now(offset: float = 0.0) -> str:
    """The present, as `2025-01-15T10:30:00.123456Z`, on a clock that is `offset` seconds fast."""
    moment = datetime.now(UTC) + timedelta(seconds=offset)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds(at: str) -> float:
    """Seconds since 1970 of a time written by `now`."""
    return datetime.fromisoformat(at).timestamp()


def to_the_second(at: str) -> str:
    """`at` as both providers show times: whole seconds and a Z."""
    return at[:19] + "Z"
