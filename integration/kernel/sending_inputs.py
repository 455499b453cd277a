"""What callers say of the sending rules of a workspace."""

from integration.kernel import common_fields
from integration.kernel.fields import Inputs


class SendingRulesInput(Inputs):
    """A rule that is left out stays as it is."""

    deduplicate_within = common_fields.deduplicate_within(
        "Seconds in which the same text to the same number is refused, 0 for never; a call may say"
        " otherwise."
    )
    fallback_connections = common_fields.fallback_connections(
        "What a text goes on through where its account refuses us or does not answer; an empty list"
        " for nothing."
    )
    failover_after = common_fields.failover_after(
        "Seconds without an answer after which it goes on through the next one."
    )
