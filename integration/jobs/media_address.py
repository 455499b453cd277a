"""The media address of an MMS: the provider fetches it, so only a public address is accepted."""

from __future__ import annotations

from integration.kernel.specs import Values
from integration.outbound import addresses
from integration.services import Services


def check(services: Services, values: Values) -> None:
    """Raises TargetRefused for a `media_url` that leads to a private address."""
    if values.get("media_url"):
        addresses.check_url(
            values["media_url"], allow_private=services.settings.allow_private_targets
        )
