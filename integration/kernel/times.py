"""Times as text: writes RFC 3339 in UTC, reads what providers write."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """Writes `2025-01-15T10:35:00Z`, with milliseconds only where they are not zero."""
    moment = moment.astimezone(UTC)
    spec = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def from_ms(milliseconds: float) -> str:
    """RFC 3339 of a Unix time in milliseconds."""
    return rfc3339(datetime.fromtimestamp(milliseconds / 1000, UTC))


def parse_strict(text: str) -> datetime:
    """Reads RFC 3339 with an offset. Raises ValueError otherwise: a time without a zone is a
    guess."""
    moment = datetime.fromisoformat(text.strip().upper())
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return _utc(moment)


def parse_lenient(value: object) -> datetime:
    """Reads ISO 8601 with or without a zone (then UTC), and epoch seconds or milliseconds.

    Raises ValueError for anything else.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("no time")
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return _utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return _from_epoch(number)


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the last hours of the year 9999 in western zones
        raise ValueError("not a time") from error


def _from_epoch(number: float) -> datetime:
    seconds = number / 1000 if abs(number) > 1e11 else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not a time") from error
