"""What callers say of the sending rules of a workspace."""

from integration.kernel import common_fields
from integration.kernel.fields import Inputs


class SendingRulesInput(Inputs):
    """A rule that is left out stays as it is."""

    deduplicate_within = common_fields.deduplicate_within(
        "Seconds in which the same text to the same number is refused, 0 for never; a call may say"
        " otherwise."
    )
