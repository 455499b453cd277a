"""Input check: what the schema of an action cannot tell of its input.

Whether a media address is public, a time near enough, and a number certain for this provider. A
call that names no phone gets the only one that the account has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from integration.accounts import belongings, connections
from integration.accounts.connections import Connection
from integration.jobs import new_jobs
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Inputs
from integration.kernel.recipients import PlainNumber
from integration.kernel.specs import Options, Values
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


FIELD = "device_fingerprint"


def with_phone(
    services: Services,
    connection: Connection,
    schema: type[Inputs],
    values: Values,
    before_asking: Callable[[], None],
) -> Values:
    """`values` with the phone that the message is sent from, where the account has just one. Raises
    InvalidInput with the choice where there are more.

    Without an answer from the provider the job goes on, and its send resolves the device.
    """
    phones = None if values.get(FIELD) else belongings.named_by(services, schema).get(FIELD)
    if phones is None or not connections.can(services, connection, phones.needs):
        return values
    found = _phones(services, connection, phones, before_asking)
    if found is None:
        return values
    if len(found) == 1:
        return {**values, FIELD: found[0]}
    sentence = (
        f"Choose the phone to send from: {', '.join(found[:10])}."
        if found
        else "No phone is paired with this account; pair one first."
    )
    raise InvalidInput(sentence, errors={FIELD: [sentence]})


def _phones(
    services: Services,
    connection: Connection,
    phones: Options,
    before_asking: Callable[[], None],
) -> Sequence[str] | None:
    """The fingerprints of the account's phones, None where it does not answer and never did."""
    known = belongings.remembered(services, phones, [connection]).get(connection.id)
    if known is None or not known.is_fresh() or (known.answered and not known.ids):
        before_asking()
        answer = belongings.asked(services, phones, [connection]).get(connection.id)
        if isinstance(answer, list):
            return [row["id"] for row in answer]
    return (known.ids or None) if known else None
