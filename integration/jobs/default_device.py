"""The default device: a call that names no phone gets the only one that the account has."""

from __future__ import annotations

import json
from collections.abc import Sequence

from integration.accounts.connections import Connection
from integration.accounts.provider_link import link
from integration.kernel.capabilities import HasDevices
from integration.kernel.errors import InvalidInput, ProviderError
from integration.kernel.fast_loader import reader
from integration.kernel.fields import Inputs
from integration.kernel.specs import Values
from integration.services import Services
from integration.store import keys, lifetimes

FIELD = "device_fingerprint"


def is_open(
    services: Services, connection: Connection, values: Values, schema: type[Inputs]
) -> bool:
    """Whether the provider has phones, and the call names none of them."""
    kind = services.catalog.provider(connection.provider)
    named = FIELD not in reader(schema).fields or values.get(FIELD)
    return not named and issubclass(kind, HasDevices)


def cached(services: Services, connection: Connection) -> list[str] | None:
    """The fingerprints of the account's phones, None where they are to be asked for."""
    stored = services.db.get(keys.device_list(connection.id))
    phones: list[str] | None = json.loads(stored) if stored else None
    return phones


def asked(services: Services, connection: Connection) -> list[str] | None:
    """The same from the provider, cached for a minute; None where it cannot be asked now."""
    provider = link(services, connection)
    assert isinstance(provider, HasDevices)
    try:
        phones = [device.device_fingerprint for device in provider.devices()]
    except ProviderError:
        return None
    if phones:
        name = keys.device_list(connection.id)
        services.db.set(name, json.dumps(phones), ex=lifetimes.DEVICES_SECONDS)
    return phones


def filled_in(values: Values, phones: Sequence[str] | None) -> Values:
    """`values` with the only phone. Raises InvalidInput with the choice where there are more.

    Without an answer from the provider the job goes on, and its send resolves the device.
    """
    if phones is None:
        return values
    if len(phones) == 1:
        return {**values, FIELD: phones[0]}
    sentence = (
        f"Choose the phone to send from: {', '.join(phones[:10])}."
        if phones
        else "No phone is paired with this account; pair one first."
    )
    raise InvalidInput(sentence, errors={FIELD: [sentence]})


def forget(services: Services, connection: Connection) -> None:
    """Drop the cached phones: one of them was removed."""
    services.db.delete(keys.device_list(connection.id))
