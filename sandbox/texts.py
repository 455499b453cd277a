"""Reads the fields of a messaging request; each function raises Refused 422 with a sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox import assumptions
from sandbox.request_gate import Refused

_NUMBER = re.compile(r"\+?[0-9]{6,15}")


def required(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(422, f"The {name} field is required and must be text.")
    return value


def optional(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refused(422, f"The {name} field must be text.")
    return value


def phone(value: Any, name: str) -> str:
    """An MSISDN given as text or as a JSON number."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise Refused(422, f"The {name} field must be a number in international format.")
    return text


def recipients(value: Any) -> list[str]:
    """One MSISDN or a comma-separated list."""
    if isinstance(value, int):
        return [phone(value, "recipient")]
    parts = value.split(",") if isinstance(value, str) else [""]
    return [phone(part.strip(), "recipient") for part in parts]


def sender(value: Any, longest: int) -> str:
    """A number, or at most `longest` letters and digits; the documented sample passes as well."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    number = re.fullmatch(rf"\+?[0-9]{{1,{assumptions.SENDER_DIGITS_MAX}}}", text)
    name = re.fullmatch(rf"[A-Za-z0-9 ]{{1,{longest}}}", text)
    if not (number or name or text == assumptions.SENDER_SAMPLE):
        raise Refused(
            422, f"The sender_id must be a number or at most {longest} letters and digits."
        )
    return text


def address(value: Any) -> str:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(422, "The media_url must be an http or https address.")
    return str(value)


def schedule(value: Any) -> str | None:
    """`schedule_time` as `Y-m-d H:i`, such as 2021-12-20 07:00."""
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", value):
        raise Refused(422, "The schedule_time must look like 2021-12-20 07:00 (Y-m-d H:i).")
    try:
        datetime.strptime(value, "%Y-%m-%d %H:%M")
    except ValueError as wrong:
        raise Refused(422, "The schedule_time is not a date that exists.") from wrong
    return value


def seconds_until(schedule_time: str | None) -> float:
    """How long until a scheduled time; 0 for none and for the past."""
    if schedule_time is None:
        return 0.0
    due = datetime.strptime(schedule_time, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return max(0.0, (due - datetime.now(UTC)).total_seconds())
