"""Replying: to whom, and from what, a received message is answered."""

from contextlib import suppress

from integration.activity import way
from integration.kernel import as_is, senders
from integration.kernel.digits import E164
from integration.kernel.errors import InvalidInput, NotFound
from integration.kernel.events import Event
from integration.kernel.specs import Action, Values
from integration.services import Services

FIELD = "reply_to"
NAME = "Its sender is a name, which cannot be answered by SMS."
NATIONAL = (
    "Its sender is a number without a country code, which may be one of any country;"
    " set DEFAULT_REGION, and later messages can be answered."
)
SAME = ("device_fingerprint", "sim_slot", "connection")


def filled(services: Services, workspace: str, action: Action, values: Values) -> Values:
    """`values` with the recipient, phone, SIM, sender and connection of an answer.

    Raises NotFound where there is no such message, and InvalidInput where its sender cannot be
    answered.
    """
    if not action.answers:
        return values
    event = _event(services, workspace, values[FIELD])
    if not E164.fullmatch(event["phone"]) and as_is.kind(event["phone"]) != "code":
        raise _refused(NATIONAL if senders.is_number(event["phone"]) else NAME)
    same = {name: event[name] for name in SAME if event.get(name)}
    sender = {"sender_id": event["to"]} if event.get("to") else {}
    return {**values, **same, **sender, "phone": event["phone"]}


def _event(services: Services, workspace: str, message_id: str) -> Event:
    with suppress(NotFound):
        event = way.of(services, workspace, message_id).event
        if event and "message" in event:
            return event
    raise NotFound(
        f"{FIELD}: No received message of this workspace has this id, among those that are kept."
    )


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(f"{FIELD}: {sentence}", errors={FIELD: [sentence]})
