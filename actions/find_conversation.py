"""Find conversation: the numbers that a phone has exchanged messages with, and the last message."""

from typing import Any

from integration.kernel import common_fields, senders, times
from integration.kernel.capabilities import HasConversations
from integration.kernel.events import Conversation
from integration.kernel.fields import Inputs
from integration.kernel.folding import uncased
from integration.kernel.specs import Search, Values


class FindConversationInputs(Inputs):
    phone = common_fields.sender(
        "The other side's number or sender name; leave empty for all of them.",
        aliases=common_fields.TO,
    )
    device_fingerprint = common_fields.device(
        "The phone whose conversations to search; may be left empty where there is just one."
    )
    contains = common_fields.contains(
        "Only conversations whose last message contains this, in upper or lower case.",
        "see you",
        aliases=common_fields.TEXT,
    )
    connection = common_fields.connection(common_fields.EVERY)


def run(provider: HasConversations, values: Values) -> list[dict[str, Any]]:
    found = provider.conversations(device_fingerprint=values.get("device_fingerprint"))
    rows = [_row(each, provider.region) for each in found]
    return [row for row in rows if _fits(row, values)]


def _fits(row: dict[str, Any], values: Values) -> bool:
    phone, needle = values.get("phone"), uncased(values.get("contains", ""))
    same = not phone or senders.same(row["phone"], phone)
    return same and needle in uncased(row["last_message"])


def _row(conversation: Conversation, region: str | None) -> dict[str, Any]:
    moment, phone = conversation.last_message_at, senders.named(conversation.phone, region)
    return {
        "id": phone,  # providers number no conversations; the other side identifies one
        "phone": phone,
        "last_message": conversation.last_message,
        "last_message_at": times.rfc3339(moment) if moment else None,
        "direction": conversation.direction,
        "message_count": conversation.message_count,
    }


SEARCH = Search(
    key="find_conversation",
    noun="Conversation",
    label="Find Conversation",
    description="Finds conversations by phone number or by their last message.",
    inputs=FindConversationInputs,
    needs=HasConversations,
    run=run,
    rank=lambda row, _: times.newest_first(row["last_message_at"]),
    sample={
        "id": "+14155550123",
        "phone": "+14155550123",
        "last_message": "Yes, see you at 5",
        "last_message_at": "2026-01-31T09:00:00Z",
        "direction": "inbound",
        "message_count": 15,
    },
)
