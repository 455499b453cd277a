"""Latest SMS: the newest received text, for platforms that read one object.

`single` makes a poll return that object; `{}` for an empty inbox is from
integration/web/api/poll.py.
"""

from integration.kernel.specs import Trigger
from triggers._filters import SAMPLE, MessageFilters, wants

TRIGGER = Trigger(
    key="latest_sms",
    noun="SMS",
    label="Latest Inbound SMS",
    description="Triggers when another text message becomes the newest one you received.",
    inputs=MessageFilters,
    wants=wants,
    sample=SAMPLE,
    every=True,
    single=True,
)
