"""Message status: fires when a message that we sent is sent, delivered, refused, or in doubt."""

from integration.kernel import common_fields, senders
from integration.kernel.events import STATUS, Event
from integration.kernel.fields import Choice, Inputs, Text
from integration.kernel.specs import Trigger, Values

SAME = ("status", "connection", "device_fingerprint")
STATUSES = {
    "sent": "Sent",
    "delivered": "Delivered",
    "failed": "Failed",
    "unknown": "Unknown",
    "cancelled": "Cancelled",
}
SAMPLE: Event = {
    "id": "sts_5f2c1a9b7d3e4f60a1b2c3d4_2",
    "job_id": "job_5f2c1a9b7d3e4f60a1b2c3d4",
    "action": "send-sms",
    "status": "delivered",
    "detail": "delivered",
    "provider_id": "9f1c",
    "connection": common_fields.CONNECTION,
    "provider": "pairfon",
    "phone": "+14155550123",
    "sim_slot": common_fields.SIM,
    "device_fingerprint": common_fields.DEVICE,
    "batch_id": "bat_5f2c1a9b7d3e4f60",
    "changed_at": "2026-01-31T09:00:07Z",
}


class StatusFilters(Inputs):
    status: Text = Choice(
        label="Status",
        help="Only changes to this status; leave empty for all of them.",
        sample="delivered",
        choices=STATUSES,
    )
    phone = common_fields.sender("Only messages to this number.")
    device_fingerprint = common_fields.device("Only messages that this device sends.")
    connection = common_fields.connection("Only messages of this connection; leave empty for all.")


def wants(event: Event, filters: Values) -> bool:
    if "phone" in filters and not senders.same(event.get("phone") or "", filters["phone"]):
        return False
    return all(event.get(name) == filters[name] for name in SAME if name in filters)


TRIGGER = Trigger(
    key="message_status",
    noun="Receipt",
    label="Message Status Changed",
    description="Triggers when a message you sent is sent, delivered, failed or in doubt.",
    inputs=StatusFilters,
    wants=wants,
    sample=SAMPLE,
    every=True,
    kind=STATUS,
)
