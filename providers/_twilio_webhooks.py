"""Twilio's webhooks: what they say, whether Twilio signed them, and what it wants to hear."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from integration.kernel.errors import WebhookUnreadable
from integration.kernel.events import OPT_OUT_WORDS, InboundMessage, Media, Receipt
from integration.kernel.outgoing import Outgoing
from integration.kernel.webhooks import Pairs, WebhookCall, WebhookReply, same
from providers._reading import filled, whole
from providers._twilio_words import ERRORS, OPTED_OUT, STATUSES, UNKNOWN

SIGNATURE = "x-twilio-signature"
PORTS = {"https": 443, "http": 80}
INWARD = ("received", "receiving")
MOST_MEDIA = 10
REFERENCE = "reference"
TWIML = WebhookReply(
    body=b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    content_type="text/xml; charset=utf-8",
)
"""Text of another type would go to the sender as a reply; JSON raises a warning (12300)."""
NOTHING = WebhookReply(status=204)


def callback(text: Outgoing) -> str:
    """Where Twilio reports about a message. Its list does not show our reference, so the address
    does: Twilio calls and signs it as it stands."""
    if not text.reference:
        return text.receipt_url
    return f"{text.receipt_url}?{urlencode({REFERENCE: text.reference})}"


def fields(call: WebhookCall) -> Pairs:
    """A number may be set to call by GET, which puts the fields into the query."""
    return call.query if call.method == "GET" else call.form()


def signature(token: str, url: str, posted: Pairs) -> str:
    """The address, then each name with each of its values in order, under HMAC-SHA1.

    https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    signed = url + "".join(name + value for name, value in sorted(set(posted)))
    mac = hmac.new(token.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def is_genuine(token: str, call: WebhookCall) -> bool:
    """Twilio signs the address with or without its port, as its own validator knows."""
    given, posted = call.headers.get(SIGNATURE), () if call.method == "GET" else call.form()
    proofs = [same(signature(token, url, posted), given) for url in spellings(call.url)]
    return any(proofs)


def spellings(url: str) -> tuple[str, str]:
    """The address without and with a port."""
    parts = urlsplit(url)
    host, _, port = parts.netloc.rpartition(":")
    if not (host and port.isdecimal()):
        host, port = parts.netloc, str(PORTS.get(parts.scheme, 443))
    start, rest = f"{parts.scheme}://", url.partition(parts.netloc)[2]
    return f"{start}{host}{rest}", f"{start}{host}:{port}{rest}"


def read(call: WebhookCall) -> InboundMessage | Receipt:
    """Raises WebhookUnreadable for a call about something else, such as a voice call."""
    known = dict(fields(call))
    sid = filled(known, "MessageSid", "SmsSid", "SmsMessageSid")
    status = filled(known, "MessageStatus", "SmsStatus") or ""
    if sid is None:
        raise WebhookUnreadable("This webhook has no MessageSid.")
    if status and status.casefold() not in INWARD:
        return _receipt(known, sid, status, call)
    phone, media = filled(known, "From"), _media(known)
    # A picture that came without words may lack the field.
    words = known.get("Body", "" if media else None)
    if phone is None or words is None:
        lacking = "From" if phone is None else "Body"
        raise WebhookUnreadable(f"This webhook has no {lacking}.")
    # Twilio tells no time: the list does, to the second, and the SID joins the two.
    return InboundMessage(
        provider_id=sid,
        phone=phone,
        message=words,
        received_at=call.at,
        to=filled(known, "To"),
        media=media,
        opt_out=_opt_out(known),
    )


def reply(found: Sequence[InboundMessage | Receipt]) -> WebhookReply:
    """TwiML that says nothing, also where nothing was understood; no body for a receipt."""
    is_receipt = any(isinstance(each, Receipt) for each in found)
    return NOTHING if is_receipt else TWIML


def _receipt(known: Mapping[str, str], sid: str, status: str, call: WebhookCall) -> Receipt:
    # RawDlrDoneDate has no zone and no seconds, so the time is that of the arrival.
    code = filled(known, "ErrorCode")
    said = filled(known, "ErrorMessage") or ERRORS.get(code or "", "")
    return Receipt(
        provider_id=sid,
        status=STATUSES.get(status.casefold(), "unknown"),
        raw=status,
        at=call.at,
        reason=f"{said} (Twilio error {code})".strip() if code not in (None, "0") else None,
        reference=dict(call.query).get(REFERENCE, ""),
        opt_out_code=OPTED_OUT if code == OPTED_OUT else "",
    )


def _media(known: Mapping[str, str]) -> list[Media]:
    count = min(whole(known.get("NumMedia"), 0), MOST_MEDIA)
    kinds = {known.get(f"MediaUrl{n}"): known.get(f"MediaContentType{n}") for n in range(count)}
    return [Media(url=url, content_type=kind or UNKNOWN) for url, kind in kinds.items() if url]


def _opt_out(known: Mapping[str, str]) -> str | None:
    word = (filled(known, "OptOutType") or "").casefold()
    return word if word in OPT_OUT_WORDS else None
