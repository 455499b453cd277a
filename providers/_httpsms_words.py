"""httpSMS's objects as our records, under the named assumptions of docs/providers.md."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from mimetypes import guess_type
from typing import Any
from urllib.parse import unquote

from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import (
    Device,
    HistoryRow,
    InboundMessage,
    Media,
    Receipt,
    Sent,
    Trace,
    Unreadable,
)
from integration.kernel.registration import HookEntry
from integration.kernel.specs import Answer
from integration.kernel.verdicts import DONE, Verdict
from integration.kernel.webhooks import WebhookCall
from providers._httpsms_walk import placed
from providers._reading import filled, moment, status, text, unreadable, whole

NO_CONTENT, INVALID = 204, 422
RECEIVED, EXPIRED = "message.phone.received", "message.send.expired"
RECEIPTS = {
    "message.phone.sent": "sent",
    "message.phone.delivered": "delivered",
    "message.send.failed": "failed",
    EXPIRED: "expired",
}
"""The events of what we sent, and the word of each."""
WANTED = frozenset({RECEIVED, *RECEIPTS})
CAME, CALL = "mobile-originated", "call/missed"
"""Types of rows: a text that came in, and a call that nobody took."""
OFFLINE_AFTER = timedelta(minutes=64)
"""ASSUMED_HTTPSMS_OFFLINE: a phone reports every 15 minutes; four misses, as the server counts."""
SIMS = ("SIM1", "SIM2")
ATTEMPTS = ("send_attempt_count", "max_send_attempts")
ENCRYPTED = (
    "The text is encrypted with a key that only the phone has. Switch the encryption of received"
    " messages off in the app, and later ones can be read."
)
NOT_NOW, NO_PHONE = "try again later", "no phone found"


def verdict(answer: Answer, *, effect: bool) -> Verdict | None:
    """What httpSMS's own words say; None where the status line says it all."""
    if answer.status == NO_CONTENT:
        return DONE
    fields = inner(answer.data, "data") if answer.status == INVALID else {}
    said = list(_sentences(fields))
    if not said:
        return None
    reason = " ".join(each if each.endswith(".") else f"{each}." for each in said)
    foreign = NO_PHONE in reason.casefold()
    if effect and NOT_NOW in reason.casefold() and not foreign:
        return Verdict(word="later", full="device", reason=reason)
    # A number that is no phone of this account may be one of another.
    return Verdict(word="rejected", reason=reason, of_account=foreign and set(fields) == {"from"})


def _sentences(fields: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong, field by field."""
    for lines in fields.values():
        found = lines if isinstance(lines, list) else [lines]
        yield from (each.strip() for each in found if isinstance(each, str) and each.strip())


def sent(item: Mapping[str, Any]) -> Sent:
    shown = {"device_fingerprint": filled(item, "owner"), "sim_slot": sim_slot(item)}
    known = {name: value for name, value in shown.items() if value}
    return Sent(provider_id=filled(item, "id"), result=known)


def trace(item: Mapping[str, Any]) -> Trace:
    return Trace(sent=sent(item), status=standing(item))


def standing(item: Mapping[str, Any]) -> str:
    """The status of a message. An expired one is given up after its last attempt, and no sooner."""
    raw = (filled(item, "status") or "").casefold()
    if raw == "expired":
        tried, most = (whole(text(item, name), 0) for name in ATTEMPTS)
        return "failed" if most and tried >= most else "unknown"
    return "unknown" if raw == "deleted" else status(raw)


def sim_slot(item: Mapping[str, Any]) -> str | None:
    found = filled(item, "sim")
    return found if found in SIMS else None


def device(item: Mapping[str, Any], seen: datetime | None) -> Device:
    number = filled(item, "phone_number") or ""
    return Device(
        device_fingerprint=number,
        device_name=number,
        status=_presence(seen),
        selected_sim=sim_slot(item) or "BOTH",
    )


def _presence(seen: datetime | None) -> str:
    if seen is None:
        return "unknown"
    return "offline" if datetime.now(UTC) - seen > OFFLINE_AFTER else "active"


def history_row(item: Mapping[str, Any]) -> HistoryRow | None:
    """A row of a thread; None for a missed call, or for one without a number or a time."""
    phone, came = filled(item, "contact"), filled(item, "type") == CAME
    names = ("received_at",) if came else ("request_received_at", "created_at")
    at = next(filter(None, (moment(item.get(name)) for name in names)), None) or placed(item)
    if filled(item, "type") == CALL or phone is None or at is None:
        return None
    return HistoryRow(
        provider_id=filled(item, "id") or "",
        direction="inbound" if came else "outbound",
        phone=phone,
        message=text(item, "content") or "",
        sim_slot=sim_slot(item),
        status="delivered" if came else standing(item),
        raw_status=filled(item, "status") or "",
        at=at,
    )


def inbound(
    listed: Sequence[Mapping[str, Any]], since: datetime
) -> list[InboundMessage | Unreadable]:
    """The texts of a thread that came in since then, or that the server got since then. A phone
    without a network keeps them, and uploads them with their times."""
    found = [(each, placed(each)) for each in listed if filled(each, "type") == CAME]
    return [
        _received(each, filled(each, "id"), moment(each.get("received_at")) or at)
        for each, at in found
        if at is None or max(at, moment(each.get("created_at")) or at) >= since
    ]


def webhook(call: WebhookCall) -> list[InboundMessage | Receipt]:
    """The event of a webhook, nothing for one of a kind that we do not ask for.

    Raises WebhookUnreadable for a message or a receipt that lacks a part.
    """
    body = call.json()
    event, data = filled(inner(body), "type"), inner(body, "data")
    found: Any
    if event == RECEIVED:
        found = _received(data, filled(data, "message_id", "id"), moment(data.get("timestamp")))
    elif event in RECEIPTS:
        found = _receipt(data, RECEIPTS[event], call.at)
    elif event and filled(inner(body), "specversion"):
        return []
    else:
        found = unreadable(body, "It is no event of httpSMS's.")
    if isinstance(found, Unreadable):
        raise WebhookUnreadable(f"This webhook cannot be used: {found.reason}", left=[found])
    return [found]


def _received(
    item: Mapping[str, Any], number: str | None, at: datetime | None
) -> InboundMessage | Unreadable:
    sender, words, owner = filled(item, "contact"), text(item, "content"), filled(item, "owner")
    if item.get("encrypted") is True:
        return unreadable(item, ENCRYPTED, number, sender)
    lacking = {"id": number, "sender": sender, "text": words, "time that we can read": at}
    if sender is None or words is None or at is None or number is None:
        [first, *_] = [name for name, found in lacking.items() if found is None]
        return unreadable(item, f"The message has no {first}.", number, sender, words)
    return InboundMessage(
        provider_id=number,
        phone=sender,
        message=words,
        received_at=at,
        sim_slot=sim_slot(item),
        device_fingerprint=owner,
        to=owner,
        media=list(_media(item)),
    )


def _media(item: Mapping[str, Any]) -> Iterator[Media]:
    """The files of an MMS; of their types, only the ends of their names tell."""
    given = item.get("attachments")
    for url in given if isinstance(given, list) else ():
        if isinstance(url, str) and url.strip():
            name = unquote(url.partition("?")[0].strip().rpartition("/")[2])
            kind = guess_type(name)[0] or "application/octet-stream"
            yield Media(url=url.strip(), content_type=kind, name=name or None)


def _receipt(item: Mapping[str, Any], raw: str, at: datetime) -> Receipt | Unreadable:
    """The words of failed and expired texts; httpSMS tries an expired one again unless it says that
    this is final."""
    number = filled(item, "id", "message_id")
    if number is None:
        return unreadable(item, "The receipt names no message.", filled(item, "contact"))
    given_up = raw == "expired" and item.get("is_final") is not True
    return Receipt(
        provider_id=number,
        status="unknown" if given_up else status(raw),
        raw=raw,
        at=moment(item.get("timestamp")) or at,
        reason=filled(item, "error_message"),
        reference=filled(item, "request_id") or "",
    )


def entry(item: Mapping[str, Any]) -> HookEntry:
    """A webhook. Its events are those of some phones alone, so their numbers count as well."""
    named = [item.get("events"), item.get("phone_numbers")]
    lists = [each for each in named if isinstance(each, list)]
    return HookEntry(
        id=filled(item, "id") or "",
        url=text(item, "url") or "",
        events=frozenset(str(each) for found in lists for each in found),
        secret=text(item, "signing_key"),
    )


def written(entry: HookEntry) -> dict[str, Any]:
    """An entry as a call has it; see `entry`."""
    numbers = sorted(each for each in entry.events if each.startswith("+"))
    secret = {"signing_key": entry.secret} if entry.secret else {}
    events = sorted(entry.events.difference(numbers))
    return {"url": entry.url, **secret, "phone_numbers": numbers, "events": events}


def inner(value: Any, *names: str) -> Mapping[str, Any]:
    """The object under these names; an empty one where nothing stands there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
