"""The dropdown of phones."""

from __future__ import annotations

from collections.abc import Sequence

from integration.kernel.capabilities import HasDevices
from integration.kernel.specs import Linked, Options
from options._rows import Pairs, Row, gather


def rows(linked: Sequence[Linked]) -> list[Row]:
    return gather(linked, HasDevices, _pairs)


def _pairs(provider: HasDevices) -> Pairs:
    for device in provider.devices():
        name = device.device_name or device.device_fingerprint
        status = f" ({device.status})" if device.status else ""
        yield device.device_fingerprint, name + status


OPTIONS = Options(
    key="devices",
    label="Devices",
    description="Lists the phones that can send for you.",
    list=rows,
    needs=HasDevices,
    sample=({"id": "abc123", "label": "Samsung Galaxy S24 (active)"},),
)
