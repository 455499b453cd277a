"""Input check: what the schema of an action cannot tell of its input.

Whether a media address is public, a time near enough, and a number certain for this provider. What
names no phone gets the only one that the account has.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from integration.accounts import belongings, connections, provider_link
from integration.accounts.connections import Connection
from integration.jobs import record
from integration.kernel import as_is, made_schemas, times
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Inputs
from integration.kernel.recipients import PlainNumber
from integration.kernel.specs import Options, Provider, Values
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
    _as_is(services, connection, values)
    if not services.catalog.provider(connection.provider).plain_numbers:
        _plain_numbers(values)
    if values.get("media_url"):
        private = services.settings.allow_private_targets
        addresses.check_field("media_url", values["media_url"], allow_private=private)


def taking(services: Services, fit: list[Connection], values: Values) -> list[Connection]:
    """Those of `fit` that text what the call gives as it is. All where none does: the refusal then
    names one of them."""
    kinds = {*as_is.kinds(values).values()}
    if not kinds or len(fit) < 2:
        return fit
    return [each for each in fit if kinds <= {*provider_link.as_is(services, each)}] or fit


def _moment(values: Values) -> None:
    starts = record.starts_ms(values)
    if values.get("schedule_at") and starts < wall_ms() - LATE_MS:
        _refuse("schedule_at", ["This time has passed; leave it empty to send now."])
    until = values.get("valid_until")
    if until and times.parse_strict(until).timestamp() * 1000 <= max(starts, wall_ms()):
        _refuse("valid_until", ["This time is over before it could go out; choose a later one."])
    if starts > wall_ms() + AHEAD_MS:
        _refuse("schedule_at", ["This time is more than two years ahead; choose an earlier one."])


def _as_is(services: Services, connection: Connection, values: Values) -> None:
    given = as_is.kinds(values)
    if not given:
        return
    taken = provider_link.as_is(services, connection)
    known = made_schemas.made(services.catalog.provider(connection.provider).settings).fields
    may = f" unless its setting {as_is.FIELD} says so" if as_is.FIELD in known else ""
    mend = "change it, choose" if may else "choose"
    lines = [
        f"{each} is {as_is.WORDS[kind]}, which {connection.label} does not text{may}; {mend} a"
        " connection that does, or give a full number."
        for each, kind in given.items()
        if kind not in taken
    ]
    if lines:
        _refuse("phone", lines)


def _plain_numbers(values: Values) -> None:
    given = values.get("phone")
    numbers = given if isinstance(given, list) else ()
    lines = [each.refusal() for each in numbers if isinstance(each, PlainNumber)]
    if lines:
        _refuse("phone", lines)


def _refuse(name: str, lines: list[str]) -> None:
    raise InvalidInput(f"{name}: {lines[0]}", errors={name: lines})


FIELD = "device_fingerprint"
KEPT_MS = 3_600_000
"""For so long a job takes the phones that an earlier look-up showed. Each look-up is one of the
calls that a provider allows: a job that looked each time before it sends would never send."""


def with_phone(
    services: Services,
    connection: Connection,
    schema: type[Inputs],
    values: Values,
    listed: Callable[[Services, Connection, Options], Sequence[str] | None],
) -> Values:
    """`values` with the phone that the message is sent from, where the account has just one. Raises
    InvalidInput with the choice where there are more.

    `listed` gives the fingerprints of the account's phones, None where nobody can tell.
    """
    phones = None if values.get(FIELD) else belongings.named_by(services, schema).get(FIELD)
    if phones is None or not connections.can(services, connection, phones.needs):
        return values
    found = listed(services, connection, phones)
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


def for_call(
    before_asking: Callable[[], None], services: Services, connection: Connection, phones: Options
) -> Sequence[str] | None:
    """For a call that waits; None where the account does not answer and never did. The job goes on
    then, and its run asks."""
    known = belongings.remembered(services, phones, [connection]).get(connection.id)
    if known is None or not known.is_fresh() or (known.answered and not known.ids):
        before_asking()
        answer = belongings.asked(services, phones, [connection]).get(connection.id)
        if isinstance(answer, list):
            return [row["id"] for row in answer]
    return (known.ids or None) if known else None


def for_job(
    provider: Provider,
    mode: Literal["send", "settle"],
    services: Services,
    connection: Connection,
    phones: Options,
) -> Sequence[str] | None:
    """For a run of a job. Raises ProviderError where the account must be asked and does not tell. A
    look-up of a lost answer does not ask: it reads the histories of all phones as well."""
    known = belongings.remembered(services, phones, [connection]).get(connection.id)
    if known and known.ids and known.is_fresh(KEPT_MS):
        return known.ids if mode == "send" or len(known.ids) == 1 else None
    if mode == "settle":
        return None
    return [row["id"] for row in belongings.ask(services, phones, connection, provider)]
