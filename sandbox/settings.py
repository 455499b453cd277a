"""What a control can change about one account."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from sandbox import assumptions, forms

_CHOICES = {
    "latest_empty": ("object", "null", "404"),
    "inbound_order": ("arrival", "received_at", "id"),
    "messages_order": ("newest", "oldest"),
    "conversation_counts": ("all", "inbound"),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Times in seconds; the meaning of each is in docs/sandbox.md."""

    rate_limit: int = assumptions.RATE_LIMIT
    rate_window: float = assumptions.RATE_WINDOW
    revoked: bool = False
    denied: tuple[str, ...] = ()
    retry_scale: float = 1.0
    inbound_window: int = assumptions.INBOUND_WINDOW
    inbound_order: str = "arrival"
    latest_empty: str = "object"
    messages_order: str = "newest"
    conversation_counts: str = "all"
    forms: dict[str, list[str]] = field(default_factory=dict)
    clock_offset: float = 0.0
    webhooks_drop: str = ""
    status_after: dict[str, float] = field(default_factory=lambda: dict(assumptions.STATUS_AFTER))
    errors_as_200: bool = False
    callback_url: str = ""
    receipts: tuple[dict[str, Any], ...] = assumptions.RECEIPTS
    balance: float = assumptions.BALANCE
    sender_max: int = assumptions.SENDER_MAX
    unique_contacts: bool = False


def checked(changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` if every name and type fits. Raises ValueError with a sentence otherwise."""
    defaults = {each.name: getattr(Settings(), each.name) for each in fields(Settings)}
    for name, value in changes.items():
        if name not in defaults:
            raise ValueError(f"There is no setting {name!r}. There are: {', '.join(defaults)}.")
        _check(name, value, defaults[name])
    return changes


def merged(old: Settings, changes: dict[str, Any]) -> Settings:
    values = {each.name: getattr(old, each.name) for each in fields(Settings)}
    for name, value in changes.items():
        values[name] = tuple(value) if isinstance(value, list) else value
    return Settings(**values)


def _check(name: str, value: Any, default: Any) -> None:
    wanted: tuple[type, ...] = (type(default),)
    if isinstance(default, tuple):
        wanted = (list,)
    elif isinstance(default, float):
        wanted = (float, int)
    wrong = isinstance(value, bool) and not isinstance(default, bool)
    if wrong or not isinstance(value, wanted):
        raise ValueError(f"The setting {name!r} has a wrong type; its default is {default!r}.")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"The setting {name!r} is one of {', '.join(_CHOICES[name])}.")
    _check_shape(name, value)


def _check_shape(name: str, value: Any) -> None:
    if name == "callback_url" and value and not value.startswith(("http://", "https://")):
        raise ValueError("The setting 'callback_url' is an http or https address, or empty.")
    if name == "denied" and not all(isinstance(each, str) for each in value):
        raise ValueError("The setting 'denied' is a list of parts of paths.")
    if name == "receipts" and not all(_is_receipt(each) for each in value):
        raise ValueError(
            "The setting 'receipts' is a list of objects: status as text, after in seconds, "
            "times as a whole number, reason."
        )
    if name == "forms":
        forms.check(value)
    if name == "status_after" and not all(_is_number(each) for each in value.values()):
        raise ValueError("The setting 'status_after' gives each status its seconds.")


def _is_receipt(given: Any) -> bool:
    if not isinstance(given, dict) or not isinstance(given.get("status"), str):
        return False
    return _is_number(given.get("after", 0)) and isinstance(given.get("times", 1), int)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
