"""SMSGate's objects as our records, under the named assumptions of docs/providers.md."""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import Device, InboundMessage, Media, Receipt, Unreadable
from integration.kernel.registration import HookEntry
from integration.kernel.webhooks import WebhookCall, same, within
from providers._reading import filled, moment, parted, text, unreadable, whole

STATES = {
    **dict.fromkeys(("pending", "processed", "cancelling"), "queued"),
    "sent": "sent",
    "delivered": "delivered",
    **dict.fromkeys(("failed", "cancelled"), "failed"),
}
RECEIVED, DOWNLOADED = "sms:received", "mms:downloaded"
RECEIPTS = {"sms:sent": "sentAt", "sms:delivered": "deliveredAt"}
RECEIPTS |= {"sms:failed": "failedAt", "sms:cancelled": "cancelledAt"}
"""The events of what we sent, each with the member that says when."""
# ASSUMED_MMS_DOWNLOADED: a phone tells an MMS twice, as mms:received without its content and as
# mms:downloaded with it. Only the second is a message.
ASIDE = frozenset({"sms:data-received", "mms:received", "system:ping", "app:started"})
OFFLINE_AFTER = timedelta(hours=1)  # ASSUMED_OFFLINE_AFTER: a phone asks every 15 minutes
WANTED = (RECEIVED, "sms:delivered", "sms:failed", "sms:sent", DOWNLOADED)
"""The events to be called for. Phones whose app is older do not know `sms:cancelled`. Some do not
know the last one, and may answer it with an error of their own, behind which none is tried."""
SIGNED_SECONDS = 300.0
"""The time either way that the vendor's documentation allows a signature."""
NO_TEXT = "MMS content"
"""What the inbox of a phone shows of an MMS that has neither text nor subject."""


def device(item: Mapping[str, Any]) -> Device:
    sims = [number for each in _objects(item.get("simCards")) if (number := sim_slot(each))]
    return Device(
        device_fingerprint=filled(item, "id") or "",
        device_name=filled(item, "name") or "",
        status=_standing(moment(item.get("lastSeen"))),
        selected_sim=sims[0] if len(sims) == 1 else "BOTH",
    )


def _standing(seen: datetime | None) -> str:
    if seen is None:
        return "unknown"
    return "offline" if datetime.now(UTC) - seen > OFFLINE_AFTER else "active"


def sim_slot(item: Mapping[str, Any]) -> str | None:
    number = whole(text(item, "simNumber"), 0)
    return f"SIM{number}" if number else None


def state(item: Mapping[str, Any]) -> str:
    return STATES.get((filled(item, "state") or "").casefold(), "unknown")


def entry(item: Mapping[str, Any]) -> HookEntry:
    event = filled(item, "event")
    return HookEntry(
        id=filled(item, "id") or "",
        url=text(item, "url") or "",
        # That of one phone alone does not bring what the others receive.
        events=frozenset({event} if event and filled(item, "deviceId") is None else ()),
    )


def wanted(url: str) -> list[HookEntry]:
    """One webhook for each event; the ids follow from the address, and have 27 characters."""
    return [
        HookEntry(
            id=f"hl-{hashlib.sha256(f'{event} {url}'.encode()).hexdigest()[:24]}",
            url=url,
            events=frozenset({event}),
        )
        for event in WANTED
    ]


def is_genuine(call: WebhookCall, keys: Sequence[str]) -> bool:
    """HMAC-SHA256 over the body and, behind it, the time of X-Timestamp; in small hexadecimals."""
    stamp = call.headers.get("x-timestamp", "")
    signed = call.body + stamp.encode("utf-8", "surrogateescape")
    given = call.headers.get("x-signature")
    proofs = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in keys]
    return within(call.at, stamp, SIGNED_SECONDS) and any(same(each, given) for each in proofs)


def webhook(call: WebhookCall, pictures: str | None) -> list[InboundMessage | Receipt]:
    """The events of a webhook; raises WebhookUnreadable where one of them cannot be read.

    `pictures` is as in `_media`.
    """
    body = call.json()
    event = (filled(body, "event") or "") if isinstance(body, dict) else ""
    kind, phone = event.replace(":batch:", ":"), filled(body, "deviceId") if event else None
    if kind in ASIDE:
        return []
    found = [_event(kind, phone, each, call.at, pictures) for each in _payloads(body)]
    read = [each for each in found if not isinstance(each, Unreadable)]
    left = [each for each in found if isinstance(each, Unreadable)]
    if left:
        raise WebhookUnreadable(
            "This webhook holds something that is no event of SMSGate, or lacks a part of one.",
            read=read,
            left=left,
        )
    return read


def _payloads(body: Any) -> list[Any]:
    """The one payload, or those of a batch."""
    if not isinstance(body, dict):
        return [body]
    inner = body.get("payload", body)
    if isinstance(inner, dict) and isinstance(inner.get("messages"), list):
        inner = inner["messages"]
    return inner if isinstance(inner, list) else [inner]


def _event(
    kind: str, phone: str | None, item: Any, at: datetime, pictures: str | None
) -> InboundMessage | Receipt | Unreadable:
    if not isinstance(item, dict):
        return unreadable(item, "A payload is no object.")
    if kind in RECEIPTS:
        return _receipt(kind, item, at)
    if kind == RECEIVED:
        return _received(item, phone, text(item, "message"), moment(item.get("receivedAt")))
    if kind == DOWNLOADED:
        words = text(item, "body", "subject") or ""
        place = f"mms:{_java_hash(filled(item, 'messageId') or '')}"
        media = _media(item, pictures and f"{pictures}/{place}")
        return _received(item, phone, words, moment(item.get("receivedAt")), media)
    return unreadable(item, "An event has a name that we do not know.")


def _receipt(kind: str, item: Mapping[str, Any], at: datetime) -> Receipt | Unreadable:
    """ASSUMED_FIRST_PART: a phone tells of each part that was delivered; the first one counts."""
    number, word = filled(item, "messageId"), kind.partition(":")[2]
    if number is None:
        return unreadable(item, "A receipt names no message.")
    return Receipt(
        provider_id=number,
        status=STATES[word],
        raw=word,
        at=moment(item.get(RECEIPTS[kind])) or at,
        reason=filled(item, "reason"),
        reference=number,
    )


def inbox(
    listed: Sequence[Any], phone: str | None, pictures: str | None
) -> tuple[list[InboundMessage], list[Unreadable]]:
    """A phone's inbox, which is listed newest first, in the order of arrival."""
    texts = [each for each in reversed(listed) if _kind(each) not in ("DATA_SMS", "MMS")]
    return parted(_row(each, phone, pictures) for each in texts)


def _row(item: Any, phone: str | None, pictures: str | None) -> InboundMessage | Unreadable:
    """Its preview is the whole text of an SMS."""
    if not isinstance(item, dict):
        return unreadable(item, "A row is no object.")
    words, media = text(item, "contentPreview"), list[Media]()
    if _kind(item) == "MMS_DOWNLOADED":
        words = "" if words == NO_TEXT else words
        media = _media(item, pictures and f"{pictures}/{filled(item, 'id')}")
    return _received(item, phone, words, moment(item.get("createdAt")), media)


def _kind(item: Any) -> str | None:
    return filled(item, "type") if isinstance(item, dict) else None


def _received(
    item: Mapping[str, Any],
    phone: str | None,
    words: str | None,
    at: datetime | None,
    media: Sequence[Media] = (),
) -> InboundMessage | Unreadable:
    number, sender = filled(item, "messageId", "id"), filled(item, "sender", "phoneNumber")
    if sender is None or words is None or at is None:
        lacking = {"sender": sender, "text": words, "time that we can read": at}
        [first, *_] = [name for name, found in lacking.items() if found is None]
        return unreadable(item, f"A message has no {first}.", number, sender, words)
    return InboundMessage(
        provider_id=number,
        phone=sender,
        message=words,
        received_at=at,
        sim_slot=sim_slot(item),
        device_fingerprint=phone,
        to=filled(item, "recipient"),
        media=list(media),
    )


def _media(item: Mapping[str, Any], place: str | None) -> list[Media]:
    """The files of an MMS. `place` is where the phone keeps those of this message, None where it
    cannot be asked: then their `url` is "". A webhook brings their content."""
    return [
        Media(
            url=f"{place}/attachments/{filled(each, 'partId')}" if place else "",
            content_type=filled(each, "contentType") or "application/octet-stream",
            size=whole(text(each, "size"), 0) or None,
            name=filled(each, "name"),
            data=_content(text(each, "data")),
        )
        for each in _objects(item.get("attachments"))
    ]


def _content(written: str | None) -> bytes | None:
    """What is written in base64; None for what is not, as for nothing."""
    try:
        return base64.b64decode("".join((written or "").split()), validate=True) or None
    except ValueError:
        return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))


def _java_hash(words: str) -> int:
    """The hash code of text in Java, with which a phone names an MMS in its inbox."""
    found = 0
    for character in words:
        found = (31 * found + ord(character)) & 0xFFFFFFFF
    return found - (1 << 32) if found >= 1 << 31 else found
