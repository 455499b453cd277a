"""New conversation: fires at the first text that a number sends to one of the user's numbers."""

from integration.kernel.events import CONVERSATION
from integration.kernel.specs import Trigger
from triggers._filters import SAMPLE, MessageFilters, wants

TRIGGER = Trigger(
    key="new_conversation",
    noun="Conversation",
    label="New Conversation",
    description="Triggers when a number texts you for the first time.",
    inputs=MessageFilters,
    wants=wants,
    sample={
        "id": "cnv_q7vb3nd5wz6tj2yh4re7ak4x2m",
        "message_id": SAMPLE["id"],
        **{name: value for name, value in SAMPLE.items() if name != "id"},
    },
    kind=CONVERSATION,
    every=True,
)
