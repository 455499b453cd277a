"""The table of activity: the rows of the feed as CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from integration.activity.rows import Row
from integration.kernel import surrogates

COLUMNS = (
    *("at", "direction", "status", "phone", "message", "detail", "connection"),
    *("received_at", "device_fingerprint", "sim_slot", "to"),
    *("id", "action", "event_id", "job_id", "hook_id"),
)


def lines(found: Iterator[Row], *, sees_texts: bool) -> Iterator[str]:
    """The lines of the table, made while they are sent, when the request is no longer at hand."""
    yield _line(COLUMNS)
    for row in found:
        shown = row.shown() | ({} if sees_texts else {"message": None})
        yield _line([_plain(shown[name]) for name in COLUMNS])


def _line(cells: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return surrogates.replaced(out.getvalue())


def _plain(value: Any) -> str:
    """A spreadsheet takes text for a formula that begins so; a number stays a number."""
    text = "" if value is None else str(value)
    number = text.removeprefix("+").isdecimal()
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not number else text
