"""Vonage's objects as our records: answers with a status for each part, texts, receipts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import InboundMessage, Part, Receipt, Sent, Unreadable
from integration.kernel.verdicts import DONE, Verdict
from providers._reading import filled, international, moment, text, unreadable

TAKEN = "0"
LATER, LATER_SECONDS = ("1", "10"), 1.0
"""Too many calls in a second, and too many connections: nothing was sent."""
OPTED_OUT = "9"
"""A receipt's `err-code`. It may stand for a number that is not valid as well, which gets no texts
either way."""
OPEN = "5"
"""An internal error, of which nobody knows what it left behind."""
OF_ACCOUNT = frozenset({"4", "8", "9", "11", "14", "15", "29"})
"""Credentials, a barred account, no credit, a way that is not enabled, the signature, the sender, a
demo account: another account may be asked."""
STATUS = {
    "delivered": "delivered",
    **dict.fromkeys(("accepted", "buffered", "submitted"), "sent"),
    **dict.fromkeys(("expired", "failed", "rejected", "deleted", "undeliverable"), "failed"),
}
# ASSUMED_VONAGE_ERR_CODES: what a receipt's `err-code` means.
REASONS = {
    "1": "Unknown error.",
    "2": "The handset cannot be reached for the moment.",
    "3": "The handset cannot be reached any more.",
    "4": "The recipient bars this sender.",
    "5": "The number was moved to another network, which does not find it.",
    "6": "The network took it for spam.",
    "7": "The handset was busy.",
    "8": "The network had an error.",
    "9": "The recipient has opted out, or the number is not valid.",
    "10": "The network does not accept this message.",
    "11": "There is no route to this number.",
    "12": "The handset could not be reached.",
    "13": "The recipient is not old enough for this message.",
    "14": "The network blocks this number.",
    "15": "The recipient's prepaid account is used up.",
    "99": "The network did not say why.",
}
SCTS = "%y%m%d%H%M"
"""Digits of a receipt's time at the network, in UTC."""


def verdict(data: Any) -> Verdict | None:
    """What the answer to a send says: its HTTP status is 200 whatever happened.

    Each part of a long text has a status. Some that were taken beside some that were not leave the
    outcome open: a repeat would send the first ones twice.
    """
    parts = _parts(data)
    words = {filled(each, "status") for each in parts} - {None}
    if not words:
        return None
    if words == {TAKEN} and len(parts) and filled(parts[0], "message-id"):
        return DONE
    refused = next((each for each in parts if filled(each, "status") not in (TAKEN, None)), {})
    facts: dict[str, Any] = {
        "reason": filled(refused, "error-text") or "",
        "code": filled(refused, "status") or "",
    }
    if TAKEN in words or OPEN in words:
        return Verdict(word="unknown", **facts)
    if words <= set(LATER):
        return Verdict(word="later", wait=LATER_SECONDS, **facts)
    return Verdict(word="rejected", of_account=words <= OF_ACCOUNT, **facts)


def sent(data: Any) -> Sent:
    """The first part's id stands for the message. Receipts of the others bear our reference."""
    parts = _parts(data)
    first = parts[0] if parts else {}
    facts = {"parts": len(parts), "network": filled(first, "network")}
    prices = [price for each in parts if (price := filled(each, "message-price"))]
    known = {name: each for name, each in {**facts, "cost": " + ".join(prices)}.items() if each}
    return Sent(provider_id=filled(first, "message-id"), result=known)


def _parts(data: Any) -> list[dict[str, Any]]:
    found = data.get("messages") if isinstance(data, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def event(fields: Mapping[str, Any], at: datetime) -> list[InboundMessage | Receipt]:
    """The text or the receipt in a webhook's parameters; `at` is when it came.

    None is in a call without parameters, by which Vonage checks that we are there.
    """
    if not fields:
        return []
    if "text" in fields or "keyword" in fields or filled(fields, "type") == "binary":
        found: Any = _message(fields, at)
    elif "status" in fields:
        found = _receipt(fields, at)
    else:
        found = unreadable(fields, "It is neither a text nor a receipt.")
    if isinstance(found, Unreadable):
        raise WebhookUnreadable(f"This webhook cannot be used: {found.reason}", left=[found])
    return [found]


def _message(fields: Mapping[str, Any], at: datetime) -> InboundMessage | Unreadable:
    sender, number = filled(fields, "msisdn"), filled(fields, "messageId")
    words = text(fields, "text")
    if sender is None or number is None or words is None:
        lacking = {"sender": sender, "id": number, "text": words}
        [first, *_] = [name for name, found in lacking.items() if found is None]
        return unreadable(dict(fields), f"The message has no {first}.", number, sender)
    return InboundMessage(
        provider_id=number,
        phone=international(sender),
        message=words,
        # ASSUMED_VONAGE_TIMES: it is UTC, and may differ when a call is repeated.
        received_at=moment(fields.get("message-timestamp")) or at,
        to=international(filled(fields, "to")),
        part=_part(fields),
    )


def _part(fields: Mapping[str, Any]) -> Part | None:
    """Which part of a long text this is, None where it is a whole one."""
    reference = filled(fields, "concat-ref") or ""
    number, total = (filled(fields, f"concat-{name}") or "" for name in ("part", "total"))
    is_part = reference and number.isdecimal() and total.isdecimal()
    return Part(reference=reference, number=int(number), total=int(total)) if is_part else None


def _receipt(fields: Mapping[str, Any], at: datetime) -> Receipt | Unreadable:
    number, raw = filled(fields, "messageId"), filled(fields, "status")
    if number is None or raw is None:
        lacking = "id" if number is None else "status"
        return unreadable(dict(fields), f"The receipt has no {lacking}.", number, raw)
    known, code = STATUS.get(raw.casefold(), "unknown"), filled(fields, "err-code")
    return Receipt(
        provider_id=number,
        status=known,
        raw=raw,
        at=moment(fields.get("message-timestamp")) or _scts(fields) or at,
        reason=_reason(code) if known == "failed" else None,
        reference=filled(fields, "client-ref") or "",
        opt_out_code=OPTED_OUT if (known, code) == ("failed", OPTED_OUT) else "",
    )


def _reason(code: str | None) -> str | None:
    return None if code in (None, "0") else REASONS.get(code, f"Error {code}.")


def _scts(fields: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.strptime(filled(fields, "scts") or "", SCTS).replace(tzinfo=UTC)
    except ValueError:
        return None
