"""Pairfon's objects as our records, under the named assumptions of docs/providers.md."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import (
    Conversation,
    Device,
    HistoryRow,
    InboundMessage,
    Unreadable,
    UpstreamHook,
)
from providers._reading import filled, items, moment, parted, status, text, unreadable, whole

# ASSUMED_WEBHOOK_BODY: the documentation does not show it. We expect an item of /zapier/inbound-sms
# and also understand these wrappers and names.
WRAPPERS = ("data", "messages", "message", "sms", "payload")
ID = ("id", "message_id", "messageId", "uuid")
PHONE = ("phone", "from", "sender")
TEXT = ("message", "text", "body", "content")
DEVICE = ("device_fingerprint", "deviceFingerprint", "device")
SIM = ("sim_slot", "simSlot", "sim")
TIME = ("received_at", "receivedAt", "timestamp", "created_at", "createdAt")

# ASSUMED_DIRECTION_WORDS: "inbound" and "outbound" are documented, the others are common.
INWARD = frozenset({"inbound", "incoming", "in", "received"})
OUTWARD = frozenset({"outbound", "outgoing", "out", "sent"})


def inbound(item: Any) -> InboundMessage | Unreadable:
    """Returns a received message; an MMS has no text."""
    if not isinstance(item, dict):
        return unreadable(item, "A row is no object.")
    phone, words = filled(item, *PHONE), _words(item)
    received_at = next(filter(None, (moment(item.get(name)) for name in TIME)), None)
    if phone is None or words is None or received_at is None:
        lacking = {"sender": phone, "text": words, "time that we can read": received_at}
        [first, *_] = [name for name, found in lacking.items() if found is None]
        facts = (filled(item, *ID), phone, words, text(item, *TIME))
        return unreadable(item, f"A row has no {first}.", *facts)
    return InboundMessage(
        provider_id=filled(item, *ID),
        phone=phone,
        message=words,
        received_at=received_at,
        sim_slot=sim_slot(filled(item, *SIM)),
        device_fingerprint=filled(item, *DEVICE),
    )


def _words(item: Mapping[str, Any]) -> str | None:
    """The text, empty for a row without one; None where the row reports a status."""
    found = text(item, *TEXT)
    given = [item[name] for name in TEXT if name in item] if found is None else []
    if found is None and given.count(None) == len(given) and (given or "status" not in item):
        return ""
    return found


def webhook(body: Any) -> list[InboundMessage]:
    """The messages of a webhook body; raises WebhookUnreadable where it cannot read one of them."""
    rows = [each for each in items(body, WRAPPERS) if not is_outbound(each)]
    read, left = parted(map(inbound, rows))
    if left:
        raise WebhookUnreadable(
            "This webhook holds something without a sender, a text or a time;"
            " it is looked for in Pairfon's list instead.",
            read=read,
            left=left,
        )
    return read


def is_outbound(item: Any) -> bool:
    return isinstance(item, dict) and direction(item) == "outbound"


def oldest_first(listed: Sequence[InboundMessage]) -> list[InboundMessage]:
    """Returns a listing in the order of arrival, in whichever order Pairfon lists it.

    ASSUMED_LIST_ORDER: where all times are of one second, the newest stands first.
    """
    rising = len(listed) > 1 and listed[0].received_at < listed[-1].received_at
    return sorted(listed if rising else listed[::-1], key=lambda each: each.received_at)


def history_row(item: Mapping[str, Any]) -> HistoryRow:
    """Returns a row of /chat/messages; one without a readable time counts as new.

    Counted as old, it could hide a text that was sent, and the engine would send it again.
    """
    raw = filled(item, "status") or ""
    return HistoryRow(
        provider_id=filled(item, *ID) or "",
        direction=direction(item) or "",
        phone=filled(item, *PHONE) or "",
        message=text(item, *TEXT) or "",
        sim_slot=sim_slot(filled(item, *SIM)),
        status=status(raw),
        raw_status=raw,
        at=moment(text(item, "created_at", "createdAt", *TIME)) or datetime.now(UTC),
    )


def conversation(item: Mapping[str, Any], device_fingerprint: str) -> Conversation:
    return Conversation(
        phone=filled(item, *PHONE) or "",
        last_message=text(item, "lastMessage", "last_message") or "",
        last_message_at=moment(text(item, "lastMessageAt", "last_message_at")),
        direction=direction(item) or "",
        message_count=whole(text(item, "messageCount", "message_count"), 0),
        device_fingerprint=device_fingerprint,
    )


def device(item: Mapping[str, Any]) -> Device:
    """Returns a phone, without its `fcm_token`, which may push to it."""
    return Device(
        device_fingerprint=filled(item, *DEVICE) or "",
        device_name=filled(item, "device_name", "deviceName", "name") or "",
        status=filled(item, "status") or "unknown",
        selected_sim=filled(item, "selected_sim", "selectedSim") or "BOTH",
    )


def hook(item: Mapping[str, Any]) -> UpstreamHook:
    url = text(item, "url") or ""
    return UpstreamHook(url=url, active=item.get("active") is not False, raw=dict(item))


def sim_slot(word: str | None) -> str | None:
    """Reads any spelling of SIM1 and SIM2; keeps any other name of a slot."""
    slot = "".join(word.upper().replace("_", "").replace("-", "").split()) if word else ""
    return (f"SIM{slot}" if slot in ("1", "2") else slot) or None


def direction(item: Mapping[str, Any]) -> str | None:
    word = (filled(item, "direction") or "").casefold()
    if word in OUTWARD:
        return "outbound"
    return "inbound" if word in INWARD else (word or None)
