"""Send MMS: hand one picture, with or without words, to the provider."""

from datetime import datetime

from actions import _history, _texting
from integration.kernel import common_fields
from integration.kernel.capabilities import HasHistory, SendsMms
from integration.kernel.events import Sent, Trace
from integration.kernel.fields import Inputs, Url
from integration.kernel.specs import Action, Settling, Values


class SendMmsInputs(Inputs):
    phone = _texting.recipients(
        "The number to send to, such as +14155550123; several are separated by commas."
    )
    media_url = Url(
        required=True,
        label="Media URL",
        help="A public https address of the picture, video or sound, open without a login.",
        sample="https://example.com/promo.jpg",
    )
    message = _texting.message("Words to go with it, up to 1600 characters.", "Promo inside.")
    sender_id = _texting.sender_id()
    valid_until = _texting.valid_until()
    deduplicate_within = _texting.deduplicate_within()
    as_is = _texting.as_is()
    connection = common_fields.connection()
    fallback_connections = _texting.fallback_connections()
    failover_after = _texting.failover_after()


def run(provider: SendsMms, values: Values) -> Sent:
    return provider.send_mms(_texting.outgoing(provider, values))


def traces(provider: HasHistory, values: Values, since: datetime) -> list[Trace]:
    return _history.traces(provider, values, since, pictures=True)


ACTION = Action(
    key="send_mms",
    noun="MMS",
    label="Send MMS",
    description="Sends a picture, video or sound to one or more phone numbers.",
    inputs=SendMmsInputs,
    needs=SendsMms,
    run=run,
    sample={},
    outgoing=_texting.outgoing,
    settling=Settling(needs=HasHistory, traces=traces, shown=_history.shown),
    split="phone",
)
