"""Plivo's objects as our records: what its answers, lists and webhooks say."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import Account, HistoryRow, InboundMessage, Media, Receipt, Sender
from integration.kernel.specs import Answer
from integration.kernel.verdicts import DONE, Verdict
from integration.kernel.webhooks import WebhookCall
from providers._reading import filled, international, moment, status

LABEL = "Plivo"
REFERENCE = "reference"
POWERPACK = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""The UUID of a Powerpack, whose pool of numbers then sends."""
OPTED_OUT = "200"
"""The code of a text that Plivo took and then blocked, since its recipient has written STOP."""
# ASSUMED_PLIVO_ERROR_SENTENCES: receipts bear a code alone; these are its meanings in Plivo's list.
ERRORS = {
    "10": "A network did not accept this message.",
    "20": "A network had an error.",
    "30": "A network took it for spam.",
    "40": "The sender is not valid, or is not this account's to text with.",
    "50": "The number is not valid.",
    "60": "The message went in a circle.",
    "70": "The number is not in use any more.",
    "80": "The phone cannot be reached for the moment.",
    "90": "There is no route to this number.",
    "100": "The network does not carry such messages.",
    "110": "The message is too long.",
    OPTED_OUT: "The recipient has opted out of texts from this sender.",
    "201": "A toll-free number of the United States cannot text to Canada.",
    "300": "Plivo could not pass it on.",
    "420": "Its time was over before it was sent.",
    "900": "The account's credit is used up.",
    "910": "The account is disabled.",
    "1000": "The network did not say why.",
}
NO_ERRORS = (None, "0", "000")
# ASSUMED_PLIVO_INTENTS: the words of `MessageIntent` for the three kinds of a standard keyword.
INTENTS = {"optout": "stop", "optin": "start", "help": "help"}
MEDIA, MOST_MEDIA = re.compile(r"Media([0-9]{1,2})"), 10
UNKNOWN = "application/octet-stream"


def verdict(answer: Answer) -> Verdict | None:
    """What the answer to a send says: a UUID for each number that it was taken for."""
    data = answer.data if isinstance(answer.data, dict) else {}
    taken = 200 <= answer.status < 300
    if taken and uuid(data):
        return DONE
    if taken and data.get("message_uuid") == [] and data.get("invalid_number"):
        return Verdict(word="rejected", reason="The number is not valid")
    return None


def uuid(answer: Any) -> str | None:
    """The UUID of the message that was sent, of which there is one for each number."""
    found = answer.get("message_uuid") if isinstance(answer, dict) else None
    first = found[0] if isinstance(found, list) and found else found
    return filled({"uuid": first}, "uuid")


def account(answer: Any, auth_id: str) -> Account:
    found = answer if isinstance(answer, dict) else {}
    names = ("name", "account_type", "billing_mode")
    details = {name: value for name in names if (value := filled(found, name))}
    label = f"{LABEL} ({auth_id[:2]}…{auth_id[-6:]})"
    return Account(label=label, balance=filled(found, "cash_credits"), details=details)


def takes_texts(number: Mapping[str, Any]) -> bool:
    """Whether a number is for texts or pictures; one that does not say so may be."""
    said = [number[each] for each in ("sms_enabled", "mms_enabled") if each in number]
    return not said or True in said


def number(row: Mapping[str, Any]) -> Sender | None:
    found = international(filled(row, "number"))
    if found is None or not takes_texts(row):
        return None
    name = filled(row, "alias")
    return Sender(id=found, label=f"{name} ({found})" if name else found)


def powerpack(row: Mapping[str, Any]) -> Sender | None:
    found = filled(row, "uuid")
    return Sender(id=found, label=f"{filled(row, 'name') or LABEL} (Powerpack)") if found else None


def history_row(row: Mapping[str, Any]) -> HistoryRow:
    """A row of the sent messages. It shows no text, so it might be any text to that number.

    One without a readable time counts as new. Counted as old, it could hide a text that was sent,
    and the engine would send it again.
    """
    raw = filled(row, "message_state") or ""
    return HistoryRow(
        provider_id=filled(row, "message_uuid") or "",
        direction=filled(row, "message_direction") or "",
        phone=international(filled(row, "to_number")) or "",
        message="",
        sim_slot=None,
        status=status(raw),
        raw_status=raw,
        at=moment(row.get("message_time")) or datetime.now(UTC),
        opt_out_code=OPTED_OUT if filled(row, "error_code") == OPTED_OUT else "",
    )


def looked_up(row: Any, asked: str) -> Receipt:
    """What Plivo says of the message that was asked for."""
    known = row if isinstance(row, dict) else {}
    raw = filled(known, "message_state") or ""
    times = (known.get(name) for name in ("message_updated_time", "message_time"))
    at = next(filter(None, map(moment, times)), None) or datetime.now(UTC)
    return _receipt(known, raw, asked, at, ("error_code", "error_message"))


def event(call: WebhookCall) -> InboundMessage | Receipt:
    """The text or the receipt in a webhook. Raises WebhookUnreadable where it lacks a part."""
    known = dict(call.form())
    named, raw = filled(known, "MessageUUID"), filled(known, "Status")
    if named is None:
        raise WebhookUnreadable("This webhook has no MessageUUID.")
    if raw is not None:
        reference = dict(call.query).get(REFERENCE, "")
        codes = ("ErrorCode", "ErrorMessage")
        return _receipt(known, raw, named, call.at, codes, reference)
    phone, media = filled(known, "From"), _media(known)
    # A text is in `Text`, what comes with pictures in `Body`, which may be lacking.
    words = known.get("Text") or known.get("Body", known.get("Text", "" if media else None))
    if phone is None:
        raise WebhookUnreadable("This webhook has no From.")
    if words is None:
        raise WebhookUnreadable("This webhook has no Text.")
    # Plivo tells no time of a text that came in.
    return InboundMessage(
        provider_id=named,
        phone=international(phone),
        message=words,
        received_at=call.at,
        dated_by="arrival",
        to=international(filled(known, "To")),
        media=media,
        opt_out=INTENTS.get((filled(known, "MessageIntent") or "").casefold()),
    )


def _receipt(
    known: Mapping[str, Any],
    raw: str,
    named: str,
    at: datetime,
    codes: tuple[str, str],
    reference: str = "",
) -> Receipt:
    code, said = (filled(known, name) for name in codes)
    sentence = said or ERRORS.get(code or "", "")
    return Receipt(
        provider_id=named,
        status=status(raw),
        raw=raw,
        at=at,
        reason=None if code in NO_ERRORS else f"{sentence} (Plivo error {code})".strip(),
        reference=reference,
        opt_out_code=OPTED_OUT if code == OPTED_OUT else "",
    )


def _media(known: Mapping[str, str]) -> list[Media]:
    """The pictures, in their order: `Media0` or `Media1` is the first."""
    named = ((MEDIA.fullmatch(name), url.strip()) for name, url in known.items())
    urls = sorted((int(match[1]), url) for match, url in named if match and url)
    return [Media(url=url, content_type=UNKNOWN) for _, url in urls[:MOST_MEDIA]]
