"""Filters, their test and a sample: what the triggers on received messages share."""

from integration.kernel import common_fields, senders
from integration.kernel.events import Event
from integration.kernel.fields import Inputs
from integration.kernel.folding import uncased
from integration.kernel.specs import Values

NUMBERS = ("phone", "to")
SAME = ("device_fingerprint", "sim_slot", "connection")

FILE = (
    f"https://hookline.example.com/media/{common_fields.CONNECTION}/med_0123456789abcdef01234567"
    "/6981b910-abcdefghijklmnopqrstuvwxyz234567/image.jpg"
)
SAMPLE: Event = {
    "id": "sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "provider_id": "101",
    "connection": common_fields.CONNECTION,
    "provider": "pairfon",
    "phone": "+14155550123",
    "message": "Yes, see you at 5",
    "sim_slot": common_fields.SIM,
    "device_fingerprint": common_fields.DEVICE,
    "to": common_fields.OWN,
    "media": [
        {
            "id": "med_0123456789abcdef01234567",
            "url": FILE,
            "content_type": "image/jpeg",
            "size": 48213,
            "name": "table.jpg",
            "expires_at": "2026-02-03T09:00:00Z",
            "provider_url": "https://api.example.com/media/1",
            "reason": "",
        }
    ],
    "opt_out": "",
    "received_at": "2026-01-31T09:00:00Z",
}


class MessageFilters(Inputs):
    device_fingerprint = common_fields.device("Only messages that reached this device.")
    sim_slot = common_fields.sim_slot("Only messages that reached this SIM.")
    connection = common_fields.connection(
        "Only messages from this connection; leave empty for all."
    )
    phone = common_fields.sender("Only messages from this number or sender name.")
    to = common_fields.own_number("Only messages to this number of yours.")
    contains = common_fields.contains(
        "Only messages whose text contains this; upper and lower case count the same.", "see you"
    )


def wants(event: Event, filters: Values) -> bool:
    if any(event.get(name) != filters[name] for name in SAME if name in filters):
        return False
    if not all(_is(event, filters, name) for name in NUMBERS if name in filters):
        return False
    needle = filters.get("contains")
    return not needle or uncased(needle) in uncased(str(event.get("message") or ""))


def _is(event: Event, filters: Values, name: str) -> bool:
    return senders.same(str(event.get(name) or ""), filters[name])
