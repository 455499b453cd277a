"""Devices: fill in the only phone there is, and refuse media that nobody can fetch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from integration.accounts.connections import Connection
from integration.accounts.provider_link import link
from integration.kernel.capabilities import HasDevices
from integration.kernel.errors import InvalidInput, ProviderError
from integration.kernel.fast_loader import reader
from integration.kernel.fields import Inputs
from integration.kernel.specs import Values
from integration.outbound import addresses
from integration.services import Services
from integration.store import keys

FIELD = "device_fingerprint"
KEPT_SECONDS = 60


def complete(
    services: Services,
    connection: Connection,
    values: Values,
    schema: type[Inputs],
    before: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """`values` with the device filled in where the provider sends through just one.

    InvalidInput names the choice where there are more. Where the provider cannot be asked now
    the job goes on without, and its send resolves the device.
    """
    kind = services.catalog.provider(connection.provider)
    if FIELD not in reader(schema).fields or values.get(FIELD) or not issubclass(kind, HasDevices):
        return dict(values)
    try:
        found = _known(services, connection, before)
    except ProviderError:
        return dict(values)
    if len(found) == 1:
        return {**values, FIELD: found[0]}
    sentence = (
        f"Choose the phone to send from: {', '.join(found[:10])}."
        if found
        else "No phone is paired with this account; pair one first."
    )
    raise InvalidInput(sentence, errors={FIELD: [sentence]})


def _known(services: Services, connection: Connection, before: Callable[[], None]) -> list[str]:
    """The fingerprints of the account's phones, asked upstream at most once a minute."""
    key = keys.device_list(connection.id)
    stored = services.db.get(key)
    if stored:
        remembered: list[str] = json.loads(stored)
        return remembered
    before()
    provider = link(services, connection)
    assert isinstance(provider, HasDevices)
    found = [device.device_fingerprint for device in provider.devices()]
    if found:
        services.db.set(key, json.dumps(found), ex=KEPT_SECONDS)
    return found


def forget(services: Services, connection: Connection) -> None:
    """A phone was removed: what is remembered of the account's phones is no longer so."""
    services.db.delete(keys.device_list(connection.id))


def check_media(services: Services, values: Values) -> None:
    """The provider fetches the media itself, so the address must be a public one."""
    if values.get("media_url"):
        addresses.check_url(
            values["media_url"], allow_private=services.settings.allow_private_targets
        )
