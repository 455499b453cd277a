"""Twilio's objects as our records, and its rules for names and codes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from integration.kernel.events import HistoryRow, InboundMessage, Media, Sender, Unreadable
from integration.kernel.verdicts import Verdict
from providers._reading import filled, moment, text, unreadable, whole

SERVICE = re.compile("MG[0-9a-fA-F]{32}")
"""The SID of a messaging service."""
STATUSES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending"), "queued"),
    **dict.fromkeys(("sent", "partially_delivered"), "sent"),
    **dict.fromkeys(("delivered", "read", "receiving", "received"), "delivered"),
    **dict.fromkeys(("undelivered", "failed", "canceled"), "failed"),
}
"""Twilio's words for the status of a message (`message_enum_status` of its OpenAPI document)."""
HIDDEN = re.compile(r"\+?\d+X{4}")
"""A number whose end Twilio hides (message redaction)."""
UNKNOWN = "application/octet-stream"
OPTED_OUT = "21610"
"""The recipient's own refusal. Twilio splits codes, and asks clients not to rely on them."""
# ASSUMED_ACCOUNT_CODES: the account is closed or suspended, is a trial, may not text that country,
# or its sender is not its own or not registered.
OF_ACCOUNT = frozenset({"20005", "21212", "21408", "21606", "21608", "21660", "30002", "30034"})
"""Codes that are about the account alone: another account may be asked."""
# ASSUMED_ERROR_SENTENCES: receipts bear a code alone; these are its meanings in Twilio's list.
ERRORS = {
    "21610": "The recipient has opted out of texts from this sender.",
    "30001": "Too many texts waited in Twilio's queue.",
    "30002": "The Twilio account is suspended.",
    "30003": "The phone is switched off or out of reach.",
    "30004": "The message was blocked.",
    "30005": "The number is unknown or not in use.",
    "30006": "The number is a landline, or its network takes no texts.",
    "30007": "A network took the message for spam.",
    "30008": "The network gave no reason.",
    "30034": "The sender is not registered for texts to the United States (A2P 10DLC).",
}
# ASSUMED_TRIAL_PREFIX: a trial account puts this before each text, also in its history.
TRIAL = "Sent from your Twilio trial account - "

QUEUE_FULL = "21611"
"""The queue of a sender is full; it drains at the pace of the sender, a text a second or so."""


def refusal(code: str, reason: str) -> Verdict:
    if code == QUEUE_FULL:
        return Verdict(word="later", full="sender", reason=reason, code=code)
    return Verdict(
        word="rejected",
        reason=reason,
        code=code,
        opted_out=code == OPTED_OUT,
        of_account=code in OF_ACCOUNT,
    )


def inbound(row: Mapping[str, Any], media: Sequence[Media]) -> InboundMessage | Unreadable:
    """A received message of the list. ASSUMED_INBOUND_TIME: it came at `date_sent`."""
    sid, phone = filled(row, "sid"), filled(row, "from")
    at = moment(text(row, "date_sent")) or moment(text(row, "date_created"))
    if sid is None or phone is None or at is None:
        lacking = {"SID": sid, "sender": phone, "time that we can read": at}
        [first, *_] = [name for name, found in lacking.items() if found is None]
        return unreadable(dict(row), f"A row has no {first}.", sid, phone)
    return InboundMessage(
        provider_id=sid,
        phone=phone,
        message=text(row, "body") or "",
        received_at=at,
        to=filled(row, "to"),
        media=media,
    )


def is_inbound(row: Mapping[str, Any]) -> bool:
    return filled(row, "direction") == "inbound"


def media_count(row: Mapping[str, Any]) -> int:
    return whole(text(row, "num_media"), 0)


def media(listed: Iterable[Mapping[str, Any]], root: str) -> list[Media]:
    """The pictures of a message, whose bytes are under `root`."""
    named = [(filled(row, "sid"), filled(row, "content_type")) for row in listed]
    return [Media(url=f"{root}/{sid}", content_type=kind or UNKNOWN) for sid, kind in named if sid]


def history_row(row: Mapping[str, Any], asked: str) -> HistoryRow:
    """A row of the account's messages; one without a readable time counts as new.

    Counted as old, it could hide a text that was sent, and the engine would send it again. For the
    same reason a number that Twilio hides is the one that was `asked` for.
    """
    raw = filled(row, "status") or ""
    inward = is_inbound(row)
    phone = filled(row, "from" if inward else "to") or ""
    return HistoryRow(
        provider_id=filled(row, "sid") or "",
        direction="inbound" if inward else "outbound",
        phone=asked if HIDDEN.fullmatch(phone) else phone,
        message=(text(row, "body") or "").removeprefix(TRIAL),
        sim_slot=None,
        status=STATUSES.get(raw.casefold(), "unknown"),
        raw_status=raw,
        at=created(row) or datetime.now(UTC),
        opt_out_code=OPTED_OUT if text(row, "error_code") == OPTED_OUT else "",
        media=media_count(row),
    )


def created(row: Mapping[str, Any]) -> datetime | None:
    """When Twilio took the message. A text that waits has no `date_sent` yet."""
    return moment(text(row, "date_created")) or moment(text(row, "date_sent"))


def number(row: Mapping[str, Any]) -> Sender | None:
    """A phone number of the account, None where it cannot send texts."""
    found = filled(row, "phone_number")
    if found is None or not takes_texts(row):
        return None
    name = filled(row, "friendly_name")
    # Unless somebody named it, a number's name is the number as people of its country write it.
    named = name is not None and re.search(r"[^\W\d_]", name) is not None
    return Sender(id=found, label=f"{name} ({found})" if named else found)


def takes_texts(row: Mapping[str, Any]) -> bool:
    """Whether a number is for texts or pictures; one that does not say so may be."""
    can = row.get("capabilities")
    named = ("sms", "SMS", "mms", "MMS")
    return not isinstance(can, dict) or any(can.get(each) is True for each in named)


def service(row: Mapping[str, Any]) -> Sender | None:
    sid = filled(row, "sid")
    return Sender(id=sid, label=filled(row, "friendly_name") or sid) if sid else None
