"""Input check: what the schema of an action cannot tell of its input.

Whether a media address is public, a time near enough, and a number certain for this provider.
"""

from __future__ import annotations

from integration.accounts.connections import Connection
from integration.jobs import new_jobs
from integration.kernel.errors import InvalidInput
from integration.kernel.recipients import PlainNumber
from integration.kernel.specs import Values
from integration.outbound import addresses
from integration.services import Services
from integration.store.clock import wall_ms
from integration.store.lifetimes import DAY_MS

LATE_MS = 5 * 60_000
"""How long ago a time may lie: clocks differ, and a step may have waited. It then means now."""
AHEAD_MS = 2 * 365 * DAY_MS


def check(services: Services, connection: Connection, values: Values) -> None:
    """Raises InvalidInput, or TargetRefused for a `media_url` that leads to a private address."""
    _moment(values)
    if not services.catalog.provider(connection.provider).plain_numbers:
        _plain_numbers(values)
    if values.get("media_url"):
        addresses.check_url(
            values["media_url"], allow_private=services.settings.allow_private_targets
        )


def _moment(values: Values) -> None:
    starts = new_jobs.starts_ms(values)
    if values.get("schedule_at") and starts < wall_ms() - LATE_MS:
        _refuse("schedule_at", ["This time has passed; leave it empty to send now."])
    if starts > wall_ms() + AHEAD_MS:
        _refuse("schedule_at", ["This time is more than two years ahead; choose an earlier one."])


def _plain_numbers(values: Values) -> None:
    given = values.get("phone")
    numbers = given if isinstance(given, list) else ()
    lines = [each.refusal() for each in numbers if isinstance(each, PlainNumber)]
    if lines:
        _refuse("phone", lines)


def _refuse(name: str, lines: list[str]) -> None:
    raise InvalidInput(f"{name}: {lines[0]}", errors={name: lines})
