"""textbee's objects as our records, under the named assumptions of docs/providers.md."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from integration.kernel import reasons
from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import Device, HistoryRow, InboundMessage, Receipt, Unreadable
from integration.kernel.registration import HookEntry
from integration.kernel.specs import Answer
from integration.kernel.verdicts import DONE, Verdict
from integration.kernel.webhooks import WebhookCall
from providers._reading import filled, moment, status, text, unreadable, whole

RECEIVED = "MESSAGE_RECEIVED"
RECEIPTS = {
    "MESSAGE_SENT": ("sent", "sentAt"),
    "MESSAGE_DELIVERED": ("delivered", "deliveredAt"),
    "MESSAGE_FAILED": ("failed", "failedAt"),
    "UNKNOWN_STATE": ("unknown", ""),
}
"""The events of what we sent: what each says, and the member that says when."""
WANTED = frozenset({RECEIVED, *RECEIPTS})
STATUS = {"dispatched": "queued", "received": "delivered"}
"""What of its words of status `providers/_reading.py` reads otherwise: the phone has it now."""
OFFLINE_AFTER = timedelta(hours=2)
"""ASSUMED_TEXTBEE_OFFLINE: a phone reports every 30 minutes unless its owner chose otherwise."""
NOT_QUEUED = "failed to add sms to queue"


def verdict(answer: Answer, *, effect: bool) -> Verdict | None:
    """What textbee's own words say; None where the status line says it all."""
    known, said = inner(answer.data), reasons.of(answer.data)
    if answer.status == 429 and "hasReachedLimit" in known:
        # The plan's texts of the day or the month are used up; this is no limit of calls.
        return Verdict(word="rejected", reason=said, code="plan_limit", of_account=True)
    if not effect:
        return None
    if answer.status == 500 and NOT_QUEUED in said.casefold():
        return Verdict(word="later", reason=said)
    if 200 <= answer.status < 300 and whole(inner(known, "data").get("successCount"), 0):
        return DONE  # ASSUMED_TEXTBEE_PUSHED
    return None


def batch(answer: Any) -> str | None:
    return filled(inner(answer, "data"), "smsBatchId")


def following(answer: Any) -> str | None:
    """The cursor of the next page, None behind the last one."""
    meta = inner(answer, "meta")
    return filled(meta, "nextCursor") if meta.get("hasMore") else None


def device(item: Mapping[str, Any]) -> Device:
    sims = [slot for each in _sims(item) if (slot := _slot(each))]
    model = " ".join(filter(None, (filled(item, "brand"), filled(item, "model"))))
    return Device(
        device_fingerprint=filled(item, "_id", "id") or "",
        device_name=filled(item, "name") or model,
        status=_standing(item),
        selected_sim=sims[0] if len(sims) == 1 else "BOTH",
    )


def _standing(item: Mapping[str, Any]) -> str:
    if item.get("enabled") is False:
        return "inactive"
    seen = moment(item.get("lastHeartbeat"))
    if seen is None:
        return "unknown"
    return "offline" if datetime.now(UTC) - seen > OFFLINE_AFTER else "active"


def subscription(item: Mapping[str, Any], sim_slot: str) -> int | None:
    """The number by which textbee knows the SIM in this slot of the phone."""
    found = (each.get("subscriptionId") for each in _sims(item) if _slot(each) == sim_slot)
    return next((each for each in found if isinstance(each, int)), None)


def _slot(sim: Mapping[str, Any]) -> str | None:
    index = whole(text(sim, "simSlotIndex"), -1)
    return f"SIM{index + 1}" if index >= 0 else None


def _sims(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = inner(item, "simInfo").get("sims")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def history_row(item: Mapping[str, Any], device_fingerprint: str | None) -> HistoryRow | None:
    """A row of the list; None for one of another phone, or one without a number or a time."""
    phone, came = filled(item, "recipient", "sender"), filled(item, "direction") == "received"
    at = moment(item.get("receivedAt")) if came else None
    at = at or moment(item.get("createdAt"))
    if phone is None or at is None or device_fingerprint not in (None, _phone(item)):
        return None
    raw = filled(item, "status") or ""
    return HistoryRow(
        provider_id=_number(item, came=came),
        direction="inbound" if came else "outbound",
        phone=phone,
        message=text(item, "message") or "",
        sim_slot=None,
        status="delivered" if came else _status(raw),
        raw_status=raw,
        at=at,
    )


def _number(item: Mapping[str, Any], *, came: bool) -> str:
    """The id that webhooks name: of a text that we sent, that of its batch."""
    given = item.get("smsBatch")
    sent = filled(given, "_id", "id") if isinstance(given, dict) else filled(item, "smsBatch")
    return (None if came else sent) or filled(item, "_id", "id") or ""


def _phone(item: Mapping[str, Any]) -> str | None:
    given = item.get("device")
    return filled(given, "_id", "id") if isinstance(given, dict) else filled(item, "device")


def _status(raw: str) -> str:
    return STATUS.get(raw.casefold()) or status(raw)


def listed(item: Mapping[str, Any]) -> InboundMessage | Unreadable:
    return _received(item, filled(item, "_id", "id"), _phone(item))


def webhook(call: WebhookCall) -> list[InboundMessage | Receipt]:
    """The event of a webhook, nothing for one of a kind that we do not ask for.

    Raises WebhookUnreadable for a message or a receipt that lacks a part.
    """
    body = call.json()
    known = inner(body)
    event = filled(known, "webhookEvent")
    found: Any
    if event == RECEIVED:
        found = _received(known, filled(known, "smsId"), filled(known, "deviceId"))
    elif event in RECEIPTS:
        found = _receipt(known, *RECEIPTS[event], call.at)
    elif event and filled(known, "smsId"):
        return []
    else:
        found = unreadable(body, "It is no event of textbee's.")
    if isinstance(found, Unreadable):
        raise WebhookUnreadable(f"This webhook cannot be used: {found.reason}", left=[found])
    return [found]


def _received(
    item: Mapping[str, Any], number: str | None, phone: str | None
) -> InboundMessage | Unreadable:
    """A message that came in. Only the list names its SIM, so it has none here."""
    sender, words = filled(item, "sender"), text(item, "message")
    at = moment(item.get("receivedAt"))
    lacking = {"id": number, "sender": sender, "text": words, "time that we can read": at}
    if sender is None or words is None or at is None or number is None:
        [first, *_] = [name for name, found in lacking.items() if found is None]
        return unreadable(item, f"The message has no {first}.", number, sender, words)
    return InboundMessage(
        provider_id=number,
        phone=sender,
        message=words,
        received_at=at,
        device_fingerprint=phone,
    )


def _receipt(
    item: Mapping[str, Any], word: str, moment_name: str, at: datetime
) -> Receipt | Unreadable:
    number = filled(item, "smsBatchId", "smsId")
    if number is None:
        return unreadable(item, "The receipt names no message.", filled(item, "recipient"))
    return Receipt(
        provider_id=number,
        status=word,
        raw=filled(item, "status") or word,
        at=moment(item.get(moment_name)) or at,
        reason=filled(item, "errorMessage", "errorCode"),
    )


def entry(item: Mapping[str, Any]) -> HookEntry:
    events = item.get("events")
    return HookEntry(
        id=filled(item, "_id", "id") or "",
        url=text(item, "deliveryUrl") or "",
        events=frozenset(map(str, events)) if isinstance(events, list) else frozenset(),
        active=item.get("isActive") is not False,
        secret=text(item, "signingSecret"),
    )


def written(entry: HookEntry) -> dict[str, Any]:
    """An entry as a call has it; whether it is switched on stays as it is."""
    secret = {"signingSecret": entry.secret} if entry.secret else {}
    return {"deliveryUrl": entry.url, **secret, "events": sorted(entry.events)}


def inner(value: Any, *names: str) -> Mapping[str, Any]:
    """The object under these names; an empty one where nothing stands there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
