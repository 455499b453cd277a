"""Reply SMS: answer a received message from the number, SIM and account that it came to."""

from actions import _texting, send_sms
from integration.kernel.capabilities import HasHistory, SendsSms
from integration.kernel.fields import Inputs, Word
from integration.kernel.specs import Action, Settling


class ReplySmsInputs(Inputs):
    reply_to = Word(
        required=True,
        label="Reply To",
        help="The id of the received message that this answers, as its trigger gives it.",
        sample="sms_k4x2mq7vb3nd5wz6tj2yh4re7a",
        aliases=("message_id",),
    )
    message = _texting.message(
        "Up to 1600 characters; a long text goes out in several parts.",
        "Thank you, see you at 5.",
        required=True,
    )
    valid_until = _texting.valid_until()
    deduplicate_within = _texting.deduplicate_within()


ACTION = Action(
    key="reply_sms",
    noun="Reply",
    label="Reply to SMS",
    description="Replies to a received message, from the number that it came to.",
    inputs=ReplySmsInputs,
    needs=SendsSms,
    run=send_sms.run,
    sample=send_sms.ACTION.sample,
    settling=Settling(needs=HasHistory, traces=send_sms.traces, shown=send_sms.shown),
    outgoing=_texting.outgoing,
    answers=True,
)
