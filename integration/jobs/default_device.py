"""The default device: a call that names no phone gets the only one that the account has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from integration.accounts import belongings, connections
from integration.accounts.connections import Connection
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Inputs
from integration.kernel.specs import Options, Values
from integration.services import Services

FIELD = "device_fingerprint"


def filled_in(
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
