"""The facts that a look at a provider shows, and the event that follows from each change."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integration.accounts.connections import Connection
from integration.kernel.capabilities import HasAccount, HasDevices
from integration.kernel.capability import Capability
from integration.kernel.catalog import dashed
from integration.kernel.events import BALANCE, DEVICE

Fact = Mapping[str, str]
"""What is known of one phone, or of one account, as text."""
REMOVED = "removed"
"""The status of a phone that the account has no longer."""


_GROUPS = "[ \u00a0\u2009\u202f'\u2019]"
_NUMBER = re.compile(
    rf"(?:\d{{1,3}}(?:{_GROUPS}\d{{3}})+(?!\d)|\d+|(?<![^\W\d])(?=[.,]\d))(?:[.,]\d+)*"
)
_MINUS = re.compile(r"[-\u2212(]\W*(?:[^\W\d]{1,3}\W*)?$")


def amount(text: str | None) -> float | None:
    """A balance, in whichever country's way it is written; None where it holds no number
    ("unlimited").

    A single comma before three digits groups thousands, a single point does not: programs print
    points, people print commas.
    """
    try:
        plain = float(text or "nan")
    except ValueError:
        return _read(text or "")
    return plain if math.isfinite(plain) else None


def _read(text: str) -> float | None:
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = re.sub(_GROUPS, "", found[0])
    whole, mark, part = _split(digits)
    value = float(f"{re.sub('[.,]', '', whole) or 0}.{part or 0}" if mark else whole)
    return -value if _MINUS.search(text[: found.start()]) else value


def _split(digits: str) -> tuple[str, str, str]:
    """The whole part, the decimal mark and the decimals; both are "" where it only has groups."""
    mark = next((each for each in reversed(digits) if each in ".,"), "")
    whole, _, part = digits.rpartition(mark) if mark else (digits, "", "")
    alone = mark == "," and "." not in whole and 0 < len(whole) <= 3 and whole != "0"
    grouped = len(part) == 3 and (mark in whole or alone)
    return (re.sub("[.,]", "", digits), "", "") if grouped else (whole, mark, part)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind of event that a look at a provider finds.

    `prefix` begins its ids, `turns` is how often to look (every so many SYNC_INTERVALs). `look`
    returns facts by name. `event` takes the connection, a fact's name, and the fact before and now
    ({} where it is not there). It returns None for a change that is not worth an event.
    """

    prefix: str
    needs: type[Capability]
    turns: int
    look: Callable[[Any], dict[str, Fact]]
    event: Callable[[Connection, str, Fact, Fact], dict[str, Any] | None]


def _phones(provider: HasDevices) -> dict[str, Fact]:
    return {
        each.device_fingerprint: {"name": each.device_name, "status": each.status}
        for each in provider.devices()
        if each.device_fingerprint
    }


def _phone_changed(
    connection: Connection, name: str, before: Fact, now: Fact
) -> dict[str, Any] | None:
    status = now.get("status", REMOVED)
    if status == before.get("status"):
        return None
    return {
        **_whose(connection),
        "device_fingerprint": name,
        "device_name": now.get("name") or before.get("name") or None,
        "status": status,
        "previous_status": before.get("status"),
    }


def _account(provider: HasAccount) -> dict[str, Fact]:
    account = provider.account()
    return {"": {"label": account.label, "balance": account.balance}} if account.balance else {}


def _account_changed(
    connection: Connection, _: str, before: Fact, now: Fact
) -> dict[str, Any] | None:
    left, had = amount(now.get("balance")), amount(before.get("balance"))
    if left is None or left == had:
        return None
    return {
        **_whose(connection),
        "account": now["label"],
        "balance": left,
        "previous_balance": had,
    }


def _whose(connection: Connection) -> dict[str, str]:
    return {"connection": connection.id, "provider": dashed(connection.provider)}


SOURCES: Mapping[str, Source] = {
    DEVICE: Source(prefix="dev_", needs=HasDevices, turns=2, look=_phones, event=_phone_changed),
    BALANCE: Source(
        prefix="bal_", needs=HasAccount, turns=10, look=_account, event=_account_changed
    ),
}
