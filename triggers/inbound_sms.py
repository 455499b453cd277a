"""New inbound SMS: fires once for each text that one of the user's numbers receives."""

from integration.kernel.specs import Trigger
from triggers._filters import SAMPLE, MessageFilters, wants

TRIGGER = Trigger(
    key="inbound_sms",
    noun="SMS",
    label="New Inbound SMS",
    description="Triggers when one of your numbers receives a text message.",
    inputs=MessageFilters,
    wants=wants,
    sample=SAMPLE,
    every=True,
)
