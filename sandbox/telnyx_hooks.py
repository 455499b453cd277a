"""Telnyx's webhooks as the sandbox sends them: texts that arrive, receipts, signatures."""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import Any

from sandbox import clock
from sandbox.accounts import Account, Push
from sandbox.control_input import BadControl, number, text
from sandbox.log_lines import owed
from sandbox.member import Request
from sandbox.request_gate import world
from sandbox.telnyx_state import AUTORESPONSES, NUMBERS, said

FINAL = ("delivered", "delivery_unconfirmed", "sending_failed", "delivery_failed", "expired")


def request(account: Account, push: Push) -> Request:
    """Sign a webhook: Ed25519 over the time and the body as it goes out."""
    data, stamp = json.dumps(push.body).encode(), str(int(time.time()))
    signature = account.state.signer.sign(stamp.encode() + b"|" + data)
    headers = {
        "Content-Type": "application/json",
        "telnyx-timestamp": stamp,
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
    }
    return Request(url=push.url, data=data, headers=headers)


def event(kind: str, payload: dict[str, Any], url: str) -> dict[str, Any]:
    head = {"record_type": "event", "id": str(uuid.uuid4()), "event_type": kind}
    data = {**head, "occurred_at": clock.now(), "payload": payload}
    return {"data": data, "meta": {"attempt": 1, "delivered_to": url}}


def receipts(account: Account, message: dict[str, Any]) -> list[dict[str, Any]]:
    """The receipts that a new message will have, when the account's `status_after` says."""
    url = receipt_url(account, message)
    after = account.settings.status_after.items()
    return [_receipt(message, word, url, after=seconds) for word, seconds in after if url]


def receipt_url(account: Account, message: dict[str, Any]) -> str:
    """The address of the message itself, else that of its profile."""
    profile = account.state.profiles.get(message["messaging_profile_id"], {})
    return str(message["webhook_url"] or profile.get("webhook_url") or "")


def _receipt(
    message: dict[str, Any], word: str, url: str, errors: Any = (), after: float = 0.0
) -> dict[str, Any]:
    kind = "message.finalized" if word in FINAL else "message.sent"
    to = [{**message["to"][0], "status": word}]
    payload = {**message, "to": to, "errors": list(errors)}
    return owed(url, event(kind, payload, url), accepts="2xx", after=after)


def status(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `status`: a receipt with this word, and with `reason` as its error."""
    number, word, reason = text(given, "id"), text(given, "status"), given.get("reason")
    message = account.state.message(number)
    if message is None:
        raise BadControl("No such outbound message. Give its id.")
    errors = [{"code": "40008", "title": "Undeliverable", "detail": reason}] if reason else []
    url = receipt_url(account, message)
    pushes = [_receipt(message, word, url, errors)] if url else []
    world().commit(account, "status", id=number, status=word, pushes=pushes)
    return {"id": number, "status": word, "pushes": len(pushes)}


def arrives(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `inbound`: a text to one of the account's numbers, the first unless `to` names
    another. `media` are objects with url, content_type and size."""
    to = str(given.get("to") or NUMBERS[0])
    if to not in account.state.numbers:
        raise BadControl(f"to is one of {', '.join(NUMBERS)}.")
    profile = account.state.numbers[to]
    payload = _received(given, to, profile)
    url = account.state.profiles[profile]["webhook_url"]
    times = int(number(given, "webhook_times", 1)) if url and given.get("webhook", True) else 0
    pushes = [
        owed(url, event("message.received", payload, url), accepts="2xx") for _ in range(times)
    ]
    fields = {"phone": text(given, "phone"), "text": payload["text"], "profile": profile}
    world().commit(account, "inbound", id=payload["id"], to=to, **fields, pushes=pushes)
    return {**payload, "pushes": times}


def _received(given: dict[str, Any], to: str, profile: str) -> dict[str, Any]:
    media, words = list(given.get("media") or ()), str(given.get("message") or "")
    usual = {
        "record_type": "message",
        "direction": "inbound",
        "id": str(given.get("id") or uuid.uuid4()),
        "type": "MMS" if media else "SMS",
        "messaging_profile_id": profile,
        "from": {"phone_number": text(given, "phone"), "carrier": "", "line_type": "Wireless"},
        "to": [{"phone_number": to, "status": "webhook_delivered", "carrier": "Telnyx"}],
        "cc": [],
        "text": words,
        "media": media,
        "autoresponse_type": AUTORESPONSES.get(said(words)),
        "encoding": "GSM-7",
        "parts": 1,
        "tags": [],
        "received_at": str(given.get("received_at") or clock.now()),
        "errors": [],
    }
    return usual | dict(given.get("row") or {})
