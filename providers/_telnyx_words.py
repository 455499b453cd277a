"""Telnyx's objects as our records: what its webhooks, errors and lists say."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from integration.kernel import reasons
from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import Account, InboundMessage, Media, Receipt, Sent, Unreadable
from integration.kernel.specs import Answer
from integration.kernel.verdicts import Verdict
from providers._reading import filled, moment, status, text, unreadable, whole

LABEL = "Telnyx"
OPTED_OUT = "40300"
# ASSUMED_TELNYX_ACCOUNT_CODES: credentials, rights, an account that is inactive, blocked or without
# funds; a sender, profile or country that is not the account's to use.
OF_ACCOUNT = frozenset(
    {
        *("10009", "10010", "20012", "20013", "20014", "20100"),
        *("40305", "40306", "40309", "40311", "40312", "40313", "40314", "40321"),
    }
)
"""Codes that are about the account alone: another account may be asked."""
QUEUE_FULL = "40318"
# The documented words that providers/_reading.py does not know.
STATUS = {
    "sending_failed": "failed",
    "delivery_failed": "failed",
    "delivery_unconfirmed": "sent",
}
# ASSUMED_TELNYX_AUTORESPONSE: the documentation of opt-outs names these words of
# `autoresponse_type`; any other word says nothing of an opt-out.
OPT_OUT = {"STOP": "stop", "START": "start", "HELP": "help"}
RECEIPTS = ("message.sent", "message.finalized")
NOT_OURS = "link_clicked"
"""The record type of a webhook about a shortened link, which comes without an envelope."""


def events(body: Any, reference: str) -> list[InboundMessage | Receipt]:
    """The text or the receipt in a webhook, nothing for an event of another kind. `reference` is
    that of the address which was called.

    Raises WebhookUnreadable for a text or a receipt that lacks a part.
    """
    event = _inner(body, "data")
    if _inner(body).get("record_type") == NOT_OURS:
        return []
    kind, payload = text(event, "event_type") or "", _inner(event, "payload")
    if kind == "message.received":
        found: Any = _message(payload, event, body)
    elif kind in RECEIPTS:
        found = _receipt(payload, event, body, reference)
    elif kind and payload:
        return []
    else:
        found = unreadable(body, "It is no event of Telnyx's.")
    if isinstance(found, Unreadable):
        raise WebhookUnreadable(f"This webhook cannot be used: {found.reason}", left=[found])
    return [found]


def _message(
    payload: Mapping[str, Any], event: Mapping[str, Any], body: Any
) -> InboundMessage | Unreadable:
    sender, at = filled(_inner(payload, "from"), "phone_number"), _at(payload, event, "received_at")
    number = filled(payload, "id")
    if sender is None or number is None or at is None:
        lacking = {"sender": sender, "id": number, "time that we can read": at}
        [first, *_] = [name for name, found in lacking.items() if found is None]
        return unreadable(body, f"The message has no {first}.", number, sender)
    return InboundMessage(
        provider_id=number,
        phone=sender,
        message=text(payload, "text") or "",
        received_at=at,
        to=filled(_first(payload, "to"), "phone_number"),
        media=[each for each in map(_media, _listed(payload, "media")) if each],
        opt_out=OPT_OUT.get((filled(payload, "autoresponse_type") or "").upper()),
    )


def _media(item: Mapping[str, Any]) -> Media | None:
    url = filled(item, "url")
    if url is None:
        return None
    size = whole(item.get("size"), -1)
    return Media(
        url=url,
        content_type=filled(item, "content_type") or "application/octet-stream",
        size=size if size >= 0 else None,
    )


def _receipt(
    payload: Mapping[str, Any], event: Mapping[str, Any], body: Any, reference: str
) -> Receipt | Unreadable:
    """The receipt of a message; ours have one recipient each."""
    number, raw = filled(payload, "id"), filled(_first(payload, "to"), "status")
    at = _at({}, event) or _at(payload, event, "completed_at", "sent_at")
    if number is None or raw is None or at is None:
        lacking = {"id": number, "status": raw, "time that we can read": at}
        [first, *_] = [name for name, found in lacking.items() if found is None]
        return unreadable(body, f"The receipt has no {first}.", number, raw)
    errors = _listed(payload, "errors")
    codes = [filled(each, "code") for each in errors]
    return Receipt(
        provider_id=number,
        status=_status(raw),
        raw=raw,
        at=at,
        reason=reasons.of({"errors": errors}) or None,
        reference=reference,
        opt_out_code=OPTED_OUT if OPTED_OUT in codes else "",
    )


def _status(raw: str) -> str:
    return STATUS.get(raw.casefold()) or status(raw)


def _at(payload: Mapping[str, Any], event: Mapping[str, Any], *names: str) -> datetime | None:
    given = [*(payload.get(name) for name in names), event.get("occurred_at")]
    return next(filter(None, map(moment, given)), None)


def sent(answer: Any) -> Sent:
    """What an answer to a send shows: its id, parts and price."""
    message = _inner(answer, "data")
    cost, sender = _inner(message, "cost"), _inner(message, "from")
    price = " ".join(filter(None, (filled(cost, "amount"), filled(cost, "currency"))))
    facts = {
        "parts": message.get("parts"),
        "sender_id": filled(sender, "phone_number"),
        "cost": price or None,
    }
    known = {name: each for name, each in facts.items() if each is not None}
    return Sent(provider_id=filled(message, "id"), result=known)


def account(answer: Any) -> Account:
    found = _inner(answer, "data")
    currency = filled(found, "currency")
    names = ("available_credit", "credit_limit", "pending", "currency")
    details = {name: value for name in names if (value := filled(found, name))}
    label = f"{LABEL} ({currency} account)" if currency else LABEL
    return Account(label=label, balance=filled(found, "balance"), details=details)


def pools(profiles: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The profiles that send from a pool of numbers: their names by their ids."""
    able = [row for row in profiles if row.get("number_pool_settings") and filled(row, "id")]
    return {
        filled(row, "id") or "": f"{filled(row, 'name') or LABEL} (number pool)" for row in able
    }


def pages(answer: Any) -> int:
    """How many pages a list has."""
    return whole(_inner(answer, "meta").get("total_pages"), 1)


def verdict(answer: Answer, *, effect: bool) -> Verdict | None:
    """What Telnyx's own errors say; None where the status line says it all.

    A 409 says that the first call under the key is under way. A 422 refuses this very call, for its
    body or because its key was used with another one. What an earlier call under the key has sent
    stays open then. The engine knows which job had one.
    """
    listed, status = _listed(answer.data, "errors"), answer.status
    codes = [filled(each, "code") or "" for each in listed]
    facts: dict[str, Any] = {"reason": reasons.of({"errors": listed}), "code": (codes or [""])[0]}
    if status == 429:
        return Verdict(word="later", **facts)
    if QUEUE_FULL in codes and 400 <= status < 500:
        return Verdict(word="later", full="sender", **facts)
    if effect and status == 409:
        return Verdict(word="unknown", **facts)
    if not listed or status in (401, 408) or not 400 <= status < 500:
        return None
    return Verdict(
        word="rejected",
        opted_out=OPTED_OUT in codes,
        of_account=bool(codes) and OF_ACCOUNT.issuperset(codes),
        **facts,
    )


def _inner(value: Any, *names: str) -> Mapping[str, Any]:
    """The object under these names; an empty one where nothing stands there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _listed(value: Any, name: str) -> list[dict[str, Any]]:
    found = _inner(value).get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _first(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(iter(_listed(value, name)), {})
