"""List devices: the phones of an account and their status."""

from dataclasses import asdict
from typing import Any

from integration.kernel import common_fields
from integration.kernel.capabilities import HasDevices
from integration.kernel.fields import Inputs, Word
from integration.kernel.specs import Search, Values


class ListDevicesInputs(Inputs):
    # Free text, since no provider publishes a list of its status words.
    status = Word(
        label="Status",
        help="Only devices of this status, such as active; leave empty for all.",
        sample="active",
    )
    connection = common_fields.connection(common_fields.EVERY)


def run(provider: HasDevices, values: Values) -> list[dict[str, Any]]:
    status = values.get("status", "").casefold()
    found = [each for each in provider.devices() if status in ("", each.status.casefold())]
    return [{"id": each.device_fingerprint, **asdict(each)} for each in found]


SEARCH = Search(
    key="list_devices",
    noun="Device",
    label="List Devices",
    description="Lists the phones of your account with their status.",
    inputs=ListDevicesInputs,
    needs=HasDevices,
    run=run,
    sample={
        "id": common_fields.DEVICE,
        "device_fingerprint": common_fields.DEVICE,
        "device_name": "Samsung Galaxy S24",
        "status": "active",
        "selected_sim": "BOTH",
    },
)
