"""Fallbacks: which connections a call's jobs may go on through, checked when it is accepted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integration.accounts import belongings, connections, provider_link
from integration.accounts.connection_cache import CachedConnections
from integration.accounts.connections import Connection
from integration.jobs import legs, paced
from integration.kernel import as_is
from integration.kernel.capabilities import HasDevices
from integration.kernel.errors import InvalidInput
from integration.kernel.recipients import PlainNumber
from integration.kernel.specs import Action, Values
from integration.services import Services

FIELD, AFTER = "fallback_connections", "failover_after"
SHOWN = 60
"""Characters of an unknown id that the error names."""


@dataclass(frozen=True, kw_only=True)
class Fallbacks:
    """`after` is in seconds; `field` is what a job's record has of both (legs.py)."""

    ids: Sequence[str] = ()
    after: int = 0

    @property
    def field(self) -> str:
        return legs.written(self.ids, self.after)


NO_FALLBACKS = Fallbacks()


def chosen(
    services: Services,
    cached: CachedConnections,
    connection: Connection,
    action: Action,
    values: Values,
) -> Fallbacks:
    """The fallbacks of this call, or else the workspace's that can do it.

    Raises InvalidInput for one of the call's own that cannot.
    """
    given: Sequence[str] | None = values.get(FIELD)
    if action.outgoing is None or action.answers:
        return NO_FALLBACKS
    wanted = cached.rules.fallback_connections if given is None else given
    known = {each.id: each for each in cached.connections}
    wrong = {each: _wrong(services, known.get(each), action, values) for each in wanted}
    lines = [line.format(each[:SHOWN]) for each, line in wrong.items() if line]
    if given is not None and lines:
        raise InvalidInput(f"{FIELD}: {lines[0]}", errors={FIELD: lines})
    fit = [each for each, line in wrong.items() if not line and each != connection.id]
    after = int(values.get(AFTER, cached.rules.failover_after))
    return Fallbacks(ids=fit, after=after) if fit else NO_FALLBACKS


def _wrong(
    services: Services, connection: Connection | None, action: Action, values: Values
) -> str:
    """Why a connection cannot do what the call asks for, "" where it can."""
    if connection is None:
        return "{} is no connection of this workspace; choose one from the list."
    if action.needs and not connections.can(services, connection, action.needs):
        return f"{connection.label} cannot {action.needs.lacking}; leave it out."
    asked = {*as_is.kinds(values).values()}
    if asked and not asked <= {*provider_link.as_is(services, connection)}:
        return f"{connection.label} does not text short codes or names like these; leave it out."
    if sentence := paced.never(connection, action, values):
        return f"{connection.label}: {sentence}"
    return next((line for each in CHECKS if (line := each(services, connection, values))), "")


def _plain(services: Services, connection: Connection, values: Values) -> str:
    """Why it cannot tell whose a number without a plus is."""
    plain = [each for each in values.get("phone") or () if isinstance(each, PlainNumber)]
    if not plain or services.catalog.provider(connection.provider).plain_numbers:
        return ""
    return f"{connection.label} takes numbers with a + and a country code alone; write them so."


def _several_phones(services: Services, connection: Connection, _: Values) -> str:
    """Why nobody can tell which of its phones sends, as far as it listed them last."""
    if not connections.can(services, connection, HasDevices):
        return ""
    phones = services.catalog.option("devices")
    known = belongings.remembered(services, phones, [connection]).get(connection.id)
    if known is None or len(known.ids) < 2:
        return ""
    return (
        f"{connection.label} has several phones, so nobody can tell which one sends; leave it out."
    )


CHECKS: Sequence[Callable[[Services, Connection, Values], str]] = (_plain, _several_phones)
