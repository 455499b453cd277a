"""A gateway's webhooks: received messages and receipts, by the names that the settings give."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integration.kernel.errors import MalformedBody, WebhookUnreadable
from integration.kernel.events import InboundMessage, Receipt, Unreadable
from integration.kernel.specs import Values
from integration.kernel.webhooks import MOST_FIELDS, WebhookCall, WebhookReply, same
from providers import _gsm
from providers._http_gateway_presets import names, part
from providers._http_gateway_rules import at
from providers._reading import bounded, moment, parted, status, unreadable

# ASSUMED_CHARSETS: what Kannel's %C names, and SMPP's codings of UCS-2 in Kannel and in Jasmin. Any
# other name is UTF-8.
CHARSETS = {"utf-16be": "utf-16-be", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}
OCTETS = {"2": "utf-16-be", "8": "utf-16-be", "3": "latin-1"}
SHORT = "%y%m%d%H%M"
OF_MESSAGES = ("received", "incoming", "inbound")
"""What some gateways give as the status of a message that came in."""
REFUSED, TAKEN = "ESME_R", "ESME_ROK"
"""How SMPP's words of the SMS centre begin, and the one for a text that it took."""
TRIED_AGAIN = ("ESME_RTHROTTLED", "ESME_RMSGQFUL")
REPLIES = {
    "empty": WebhookReply(),
    "no_content": WebhookReply(status=204),
    "ok": WebhookReply(body=b"OK"),
    "ack_jasmin": WebhookReply(body=b"ACK/Jasmin"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One message or receipt. `item` is an object of a JSON body. `fields` are those of the query
    and of a form; each letter of them is a byte as it came."""

    fields: Mapping[str, str]
    item: Any = None

    def text(self, name: str | None, charset: str = "utf-8") -> str | None:
        """The text under this name, None where there is no such name."""
        if not name:
            return None
        found = at(self.item, name)
        if found is None and name in self.fields:
            found = self.fields[name].encode("latin-1").decode(charset, "replace")
        return found

    def filled(self, name: str | None) -> str | None:
        return (self.text(name) or "").strip() or None


class Reader:
    """Reads one account's webhooks."""

    def __init__(self, options: Values) -> None:
        self.options = options
        self.inbound, self.receipts = names(options, "inbound"), names(options, "receipts")
        self.words = {
            each.casefold(): word for each, word in names(options, "receipt_words").items()
        }

    def read(self, call: WebhookCall) -> list[InboundMessage | Receipt]:
        """Raises MalformedBody and WebhookUnreadable as ReadsWebhooks says."""
        read: list[InboundMessage | Receipt]
        read, left = parted(self._event(each, call.at) for each in self._rows(call))
        if left or not read:
            raise WebhookUnreadable(
                "This webhook is neither a message with a sender and a text nor a receipt with a"
                " reference and a status; check the names in this connection's settings.",
                read=read,
                left=left,
            )
        return read

    def reply(self) -> WebhookReply | None:
        return REPLIES.get(part(self.options, "answer"))

    def genuine(self, call: WebhookCall) -> bool | None:
        header, secret = self.options.get("webhook_header"), self.options.get("webhook_secret")
        if not header or not secret:
            return None
        given = call.headers.get(header.lower())
        proof = self.options.get("webhook_proof") or "header"
        return same(secret if proof == "header" else _signed(proof, secret, call.body), given)

    def _rows(self, call: WebhookCall) -> list[Row]:
        fields = _pairs(urlsplit(call.url).query)
        kind, start = call.headers.get("content-type", ""), call.body.lstrip()[:1]
        if "json" not in kind and start not in (b"{", b"["):
            if kind.startswith("multipart/"):
                form = {name: value.encode().decode("latin-1") for name, value in call.form()}
                return [Row(fields=fields | form)]
            return [Row(fields=fields | _pairs(call.body.decode("latin-1")))]
        body = call.json()
        wrapped = self.inbound.get("list") or self.receipts.get("list")
        if wrapped and isinstance(body, dict) and isinstance(body.get(wrapped), list):
            body = body[wrapped]
        found = bounded(body if isinstance(body, list) else [body])
        return [Row(fields=fields, item=each) for each in found]

    def _event(self, row: Row, at: datetime) -> InboundMessage | Receipt | Unreadable:
        raw, message = row.filled(self.receipts.get("status")), self._message(row, at)
        ours = row.filled(self.receipts.get("reference"))
        if raw and (message is None or ours or raw.casefold() not in OF_MESSAGES):
            return self._receipt(row, at)
        return message or unreadable(row.item or dict(row.fields), "It has no sender or no text.")

    def _receipt(self, row: Row, at: datetime) -> Receipt | Unreadable:
        known = self.receipts
        reference = row.filled(known.get("reference")) or ""
        number, raw = row.filled(known.get("id")) or reference, row.filled(known["status"]) or ""
        if not number:
            return unreadable(row.item or dict(row.fields), "A receipt names no message.", raw)
        return Receipt(
            provider_id=number,
            status=self._status(raw),
            raw=raw,
            at=_time(row, known) or at,
            reason=_reason(row.filled(known.get("reason"))),
            reference=reference,
        )

    def _status(self, raw: str) -> str:
        if raw.startswith(REFUSED) and raw != TAKEN and raw.casefold() not in self.words:
            # Of a full or a throttled SMS centre nobody tells whether it is asked again.
            return "unknown" if raw in TRIED_AGAIN else "failed"
        known = self.words.get(raw.casefold())
        if known is None and raw.isdecimal() and len(raw) < 6:
            # A bit mask, such as Kannel's; the first of our lines that has one of its bits counts.
            bits = (word for bit, word in self.words.items() if _shares(bit, raw))
            known = next(bits, None)
        return known or status(raw)

    def _message(self, row: Row, at: datetime) -> InboundMessage | None:
        known = self.inbound
        phone, words = row.filled(known.get("from")), self._words(row)
        if phone is None or words is None:
            return None
        told = _time(row, known)
        return InboundMessage(
            provider_id=row.filled(known.get("id")),
            phone=phone,
            message=words,
            to=row.filled(known.get("to")),
            received_at=told or at,
            dated_by=None if told else "arrival",
        )

    def _words(self, row: Row) -> str | None:
        hexed, coding = (row.filled(self.inbound.get(each)) for each in ("hex", "coding"))
        try:
            octets = bytes.fromhex(hexed or "")
        except ValueError:
            # Without the octets, such a coding leaves no text that can be read.
            octets = b""
            if coding in OCTETS:
                return None
        if octets and coding in OCTETS:
            return octets.decode(OCTETS[coding], "replace")
        # ASSUMED_JASMIN_CODING: without a word on it, or by 0, it is GSM 03.38 where it shows so.
        if coding in (None, "0") and _gsm.is_gsm(octets):
            return _gsm.decoded(octets)
        charset = (row.filled(self.inbound.get("charset")) or "").casefold()
        return row.text(self.inbound.get("text"), CHARSETS.get(charset, "utf-8"))


def _pairs(text: str) -> dict[str, str]:
    """Fields whose letters are their bytes: the charset of a text may stand beside it."""
    try:
        return dict(
            parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
        )
    except ValueError as error:
        raise MalformedBody(f"The form has more than {MOST_FIELDS} fields.") from error


def _shares(bit: str, raw: str) -> bool:
    return bit.isdecimal() and len(bit) < 6 and bool(int(bit) & int(raw))


def _time(row: Row, known: Mapping[str, str]) -> datetime | None:
    """None where there is no time, or none that can be read: the arrival then counts."""
    short = row.filled(known.get("short_time"))
    if short:
        try:
            return datetime.strptime(short, SHORT).replace(tzinfo=UTC)
        except ValueError:
            return None
    return moment(row.filled(known.get("time")))


def _reason(found: str | None) -> str | None:
    """A receipt of SMPP ends with the start of the text."""
    cut = (found or "").partition("text:")[0].strip()
    return cut or None


def _signed(proof: str, secret: str, body: bytes) -> str:
    kind, _, form = proof.partition("_")
    digest = hmac.new(secret.encode(), body, getattr(hashlib, kind)).digest()
    return digest.hex() if form == "hex" else base64.b64encode(digest).decode()
