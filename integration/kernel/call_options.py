"""The options of a call beside an extension's own fields."""

from integration.kernel import unfilled
from integration.kernel.fields import Inputs, Number, Text, Word, longest


class Handling(Inputs):
    """How the service handles an action's call: how long it waits, and which repeat it
    recognises."""

    wait = Number(least=0, most=25, label="Wait", help="Seconds, at most 25.", sample="20")
    idempotency_key = Word(
        label="Idempotency Key",
        help="A repeat with the same key within 24 hours is not carried out again: it gets the"
        " first answer.",
        sample="order-1001",
        # The same for every text, it would pass over the second one as a repeat.
        validate=[longest(255), unfilled.check],
    )


class Paging(Inputs):
    """How many events a poll reads, and where it starts."""

    limit = Number(
        least=1,
        most=100,
        load_default=50,
        label="Limit",
        help="How many at most, 1 to 100.",
        sample="50",
    )
    cursor = Text(label="Cursor", help="X-Next-Cursor of an earlier answer.", sample="c1x0")
    consumer = Text(
        label="Consumer",
        help="A name of yours; we then keep the cursor.",
        sample="crm",
        # Two readers whose names were not filled in would each get a part.
        validate=[longest(100), unfilled.check],
    )
    ack = Text(
        label="Acknowledgement",
        help="'required', or the X-Batch-Id of the batch that you have dealt with.",
        sample="required",
    )


class OptionsQuery(Inputs):
    """Which rows of a dropdown the caller wants."""

    page = Number(least=0, most=10_000, label="Page", help="From 0.", sample="0")
    q = Text(label="Search", help="Part of the label.", sample="office")
    connection = Text(label="Connection", help="The id of one.", sample="conn_pairfon")
