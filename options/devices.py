"""The dropdown of phones."""

from functools import partial

from integration.kernel.capabilities import HasDevices
from integration.kernel.specs import Options
from options._rows import Pairs, gather


def pairs(provider: HasDevices) -> Pairs:
    for device in provider.devices():
        name = device.device_name or device.device_fingerprint
        status = f" ({device.status})" if device.status else ""
        yield device.device_fingerprint, name + status


OPTIONS = Options(
    key="devices",
    label="Devices",
    description="Lists the phones that can send for you.",
    list=partial(gather, HasDevices, pairs),
    needs=HasDevices,
    sample=({"id": "abc123", "label": "Samsung Galaxy S24 (active)"},),
)
