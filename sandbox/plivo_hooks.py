"""Plivo's webhooks as the sandbox sends them: texts that arrive, receipts, signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import request as asked

from sandbox import clock
from sandbox.accounts import Account, Push
from sandbox.control_input import BadControl, number, text
from sandbox.log_lines import owed
from sandbox.member import Request
from sandbox.plivo_state import BLOCKED, NUMBERS, UNREACHED, PlivoState, digits, said
from sandbox.request_gate import world

FORM = "application/x-www-form-urlencoded"


def request(account: Account, push: Push) -> Request:
    """Sign a webhook as Plivo does, by both versions and for both of its accounts."""
    fields: dict[str, str] = push.body["fields"]
    nonce = str(secrets.randbelow(10**20))
    third, second = signatures(account.key, push.url, fields, nonce)
    headers = {
        "Content-Type": FORM,
        "X-Plivo-Signature-V3": third,
        "X-Plivo-Signature-Ma-V3": third,
        "X-Plivo-Signature-V3-Nonce": nonce,
        "X-Plivo-Signature-V2": second,
        "X-Plivo-Signature-Ma-V2": second,
        "X-Plivo-Signature-V2-Nonce": nonce,
    }
    return Request(url=push.url, data=urlencode(fields).encode(), headers=headers)


def signatures(token: str, url: str, fields: dict[str, str], nonce: str) -> tuple[str, str]:
    """Those of version 3 and of version 2."""
    start, _, query = url.partition("?")
    asked_for = parse_qs(query, keep_blank_values=True)
    third = start
    if asked_for or fields:
        third += "?" + "&".join(f"{n}={v}" for n in sorted(asked_for) for v in sorted(asked_for[n]))
    if asked_for and fields:
        third += "."
    third += "".join(name + fields[name] for name in sorted(fields))
    return _proof(token, f"{third}.{nonce}"), _proof(token, start + nonce)


def _proof(token: str, signed: str) -> str:
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def receipts(account: Account, event: dict[str, Any]) -> list[dict[str, Any]]:
    """The receipts that a new message will have, when the account's `status_after` says."""
    if not event["callback"]:
        return []
    words = {"failed": 0.5} if event["error"] else account.settings.status_after
    return [
        _receipt(account, event, word, event["error"], after=seconds)
        for word, seconds in words.items()
    ]


def _receipt(
    account: Account, event: dict[str, Any], word: str, code: str, after: float = 0.0
) -> dict[str, Any]:
    state: PlivoState = account.state
    failed = word in ("failed", "undelivered", "rejected")
    fields = {
        "MessageUUID": event["id"],
        "ParentMessageUUID": event["id"],
        "PartInfo": "1 of 1",
        "From": digits(event["sender_id"]),
        "To": digits(event["phone"]),
        "Type": event["channel"],
        "Status": word,
        "Units": "1",
        "TotalRate": str(event["cost"]),
        "TotalAmount": str(event["cost"]),
        "ErrorCode": (code or UNREACHED) if failed else "000",
        "PowerpackUUID": state.powerpack if event["powerpack"] else "",
    }
    named = {"message_id": event["id"], "status": word, "fields": fields}
    return owed(event["callback"], named, accepts="2xx", after=after)


def status(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `status`: a receipt with this word, and with `code` as its error."""
    named, word = text(given, "id"), text(given, "status")
    event = next((each for each in account.state.sent if each["id"] == named), None)
    if event is None:
        raise BadControl("No such outbound message. Give its id.")
    code = str(given.get("code") or "")
    pushes = [_receipt(account, event, word, code)] if event["callback"] else []
    world().commit(account, "status", id=named, status=word, pushes=pushes)
    return {"id": named, "status": word, "pushes": len(pushes)}


def arrives(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `inbound`: a text to one of the account's numbers, the first unless `to` names
    another. `media` is how many pictures it has."""
    state: PlivoState = account.state
    to, pictures = digits(str(given.get("to") or NUMBERS[0])), int(number(given, "media", 0))
    if to not in NUMBERS:
        raise BadControl(f"`to` is one of {', '.join(NUMBERS)}.")
    named = str(given.get("id") or uuid.uuid4())
    event = {
        "id": named,
        "channel": "mms" if pictures else "sms",
        "phone": text(given, "phone"),
        "text": str(given.get("message") or ""),
        "to": to,
        "media": [f"{named}-{n}" for n in range(pictures)],
        "at": clock.now(account.settings.clock_offset),
    }
    url = state.message_url(to) or account.settings.callback_url
    times = int(number(given, "webhook_times", 1)) if url and given.get("webhook", True) else 0
    body = {"message_id": named, "fields": _inbound(state, event)}
    pushes = [owed(url, body, accepts="2xx") for _ in range(times)]
    world().commit(account, "inbound", **event, pushes=pushes)
    return {"id": named, "pushes": times}


def _inbound(state: PlivoState, event: dict[str, Any]) -> dict[str, str]:
    words = "Body" if event["media"] else "Text"
    path = f"{asked.host_url}plivo/v1/Account/{state.auth_id}/Message/{event['id']}/Media"
    pictures = {f"Media{n}": f"{path}/{each}" for n, each in enumerate(event["media"], start=1)}
    return {
        "MessageUUID": event["id"],
        "From": digits(event["phone"]),
        "To": event["to"],
        "Type": event["channel"],
        words: event["text"],
        "Units": "1",
        "TotalRate": "0",
        "TotalAmount": "0",
        "MessageIntent": said(event["text"]),
        "PowerpackUUID": "",
        **({"MediaCount": str(len(pictures)), **pictures} if pictures else {}),
    }


def blocked(state: PlivoState, sender: str, phone: str) -> str:
    """The code of a text that is taken and then blocked, "" for any other."""
    return BLOCKED if (digits(sender), digits(phone)) in state.blocked else ""
