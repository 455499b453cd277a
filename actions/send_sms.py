"""Send SMS: hand one text to the provider, and find it again where the answer is lost."""

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from actions import _history, _texting
from integration.kernel import common_fields, plain_letters
from integration.kernel.capabilities import HasHistory, SendsSms
from integration.kernel.events import Sent, Trace
from integration.kernel.fields import Flag, Inputs, Moment, Number, Word
from integration.kernel.segments import segments
from integration.kernel.specs import Action, Settling, Values

shown = _history.shown
MOST_PARTS = 60
"""More than the longest text has, in the costliest letters."""


class SendSmsInputs(Inputs):
    phone = _texting.recipients(
        "The number to text, such as +14155550123; several are separated by commas."
    )
    message = _texting.message(
        "Up to 1600 characters; a long text goes out in several parts.",
        "Your table is ready.",
        required=True,
    )
    device_fingerprint = common_fields.device(
        "The phone that sends; may be left empty where there is just one."
    )
    sim_slot = common_fields.sim_slot("The SIM that sends; leave empty for the first one.")
    sender_id = _texting.sender_id()
    schedule_at = Moment(
        label="Send At",
        help="When to send, as a time with an offset, within two years; leave empty to send now.",
        sample="2028-01-31T09:00:00+01:00",
    )
    dlt_template_id = Word(
        label="DLT Template ID",
        help="The id of your registered template; networks in India refuse texts without one.",
        sample="1107160000000012345",
    )
    valid_until = _texting.valid_until()
    deduplicate_within = _texting.deduplicate_within()
    as_is = _texting.as_is()
    fold = Flag(
        label="Plain Letters",
        help="Yes to write quotes, dashes and spaces in plain letters, which may save parts.",
        sample="true",
    )
    max_parts = Number(
        least=1,
        most=MOST_PARTS,
        label="Most Parts",
        help="Refuse a text of more parts than this; leave empty for no limit.",
        sample="3",
    )
    connection = common_fields.connection()
    fallback_connections = _texting.fallback_connections()
    failover_after = _texting.failover_after()

    @validates_schema
    def check_parts(self, values: dict[str, Any], **_: Any) -> None:
        most = values.get("max_parts")
        if most and (parts := segments(_written(values))) > most:
            sentence = f"This text has {parts} parts; Most Parts allows {most}. Shorten it."
            raise ValidationError({"message": [sentence]})

    @post_load
    def write(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The values with the text that goes out."""
        return {**values, "message": _written(values)}


def _written(values: Values) -> str:
    text: str = values.get("message", "")
    return plain_letters.folded(text) if values.get("fold") else text


def run(provider: SendsSms, values: Values) -> Sent:
    return provider.send_sms(_texting.outgoing(provider, values))


def traces(provider: HasHistory, values: Values, since: datetime) -> list[Trace]:
    return _history.traces(provider, values, since, pictures=False)


ACTION = Action(
    key="send_sms",
    noun="SMS",
    label="Send SMS",
    description="Sends a text message to one or more phone numbers.",
    inputs=SendSmsInputs,
    needs=SendsSms,
    run=run,
    sample={"device_fingerprint": common_fields.DEVICE, "sim_slot": common_fields.SIM},
    settling=Settling(needs=HasHistory, traces=traces, shown=shown),
    outgoing=_texting.outgoing,
    split="phone",
)
