"""Times as text: writes RFC 3339 in UTC, reads what providers write."""

import re
from datetime import UTC, datetime, timedelta

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""A provider's time outside these is a slip, such as milliseconds that were read as seconds."""
LONGEST = 80
"""Characters of a time. Longer text is refused before it is searched."""
EPOCH_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
"""Of a second. No number is within FIRST and LAST in two of them."""
DIGITS = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
FORMS = (
    "%a, %d %b %Y %H:%M:%S",  # RFC 2822
    "%a, %d %b %Y %H:%M",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%a %b %d %Y %H:%M:%S",  # JavaScript
    "%a %b %d %H:%M:%S UTC %Y",  # Java, date
    "%a %b %d %H:%M:%S GMT %Y",
    "%a %b %d %H:%M:%S %Y",  # C
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %I:%M %p",
)
"""What the platforms of providers write besides ISO 8601. Days before months are a guess."""
_FIRST, _LAST = FIRST.timestamp(), LAST.timestamp()
_NUMBER = re.compile(r"[0-9][0-9.eE+]*")
_REMARK = re.compile(r"\s*\([^()]*\)$")
_ZONE = re.compile(
    r"\s*(?:UTC|GMT|UT|Z)$|(?:\s*(?:UTC|GMT)|\s)\s*([+-])(\d{2}):?(\d{2})$", re.IGNORECASE
)


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


def newest_first(text: str | None) -> float:
    """A key that sorts RFC 3339 times, what has none last."""
    return -parse_strict(text).timestamp() if text else 0.0


def parse_lenient(value: object) -> datetime:
    """Reads ISO 8601 and FORMS with or without a zone (then UTC), digits such as 20261128210000,
    and Unix time in any of EPOCH_UNITS.

    Raises ValueError for anything else, and for a time outside FIRST and LAST.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("no time")
    text = str(value).strip()
    if len(text) > LONGEST:
        raise ValueError("too long for a time")
    moment = _counted(text) if _NUMBER.fullmatch(text) else _written(text)
    if not FIRST <= moment < LAST:
        raise ValueError("not the time of a text")
    return moment


def _written(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        plain = _REMARK.sub("", text)
        zone = _ZONE.search(plain)
        moment = _formed(plain[: zone.start()] if zone else plain)
        if zone and zone[1]:
            ahead = timedelta(hours=int(zone[2]), minutes=int(zone[3]))
            moment -= ahead if zone[1] == "+" else -ahead
    return _utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _formed(text: str) -> datetime:
    for form in FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return datetime.fromisoformat(text.upper())


def _counted(text: str) -> datetime:
    if text.isdecimal() and len(text) in DIGITS:
        try:
            return datetime.strptime(text, DIGITS[len(text)]).replace(tzinfo=UTC)
        except ValueError:  # milliseconds have 12 digits up to the year 2001
            pass
    for unit in EPOCH_UNITS:
        seconds = float(text) / unit
        if _FIRST <= seconds < _LAST:
            return datetime.fromtimestamp(seconds, UTC)
    raise ValueError("not a time")


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the last hours of the year 9999 in western zones
        raise ValueError("not a time") from error
