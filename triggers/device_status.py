"""Device status: fires when a phone of the account goes on or off line, is added or removed."""

from integration.kernel import common_fields
from integration.kernel.events import DEVICE, Event
from integration.kernel.fields import Inputs, Word
from integration.kernel.specs import Trigger, Values

SAMPLE: Event = {
    "id": "dev_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "connection": common_fields.CONNECTION,
    "provider": "pairfon",
    "device_fingerprint": common_fields.DEVICE,
    "device_name": "Samsung Galaxy S24",
    "status": "inactive",
    "previous_status": "active",
    "changed_at": "2026-01-31T09:00:00Z",
}


class DeviceFilters(Inputs):
    device_fingerprint = common_fields.device("Only changes of this device.")
    status = Word(
        label="Status",
        help="Only changes to this status, in the provider's word; removed when it is gone.",
        sample="inactive",
    )
    connection = common_fields.connection("Only devices of this connection; leave empty for all.")


def wants(event: Event, filters: Values) -> bool:
    return all(
        str(event.get(name)).casefold() == str(value).casefold() for name, value in filters.items()
    )


TRIGGER = Trigger(
    key="device_status",
    noun="Device",
    label="Device Status Changed",
    description="Triggers when one of your phones changes its status, is added or removed.",
    inputs=DeviceFilters,
    wants=wants,
    sample=SAMPLE,
    every=True,
    kind=DEVICE,
)
