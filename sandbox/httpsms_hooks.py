"""httpSMS's webhooks as the sandbox sends them: CloudEvents, each with a token of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from base64 import urlsafe_b64encode
from typing import Any

from sandbox import clock
from sandbox.accounts import Account, Push
from sandbox.control_input import BadControl, number, text
from sandbox.httpsms_state import RECEIPTS, RECEIVED
from sandbox.log_lines import owed
from sandbox.member import Request
from sandbox.request_gate import world

TOKEN_SECONDS = 600


def request(account: Account, push: Push) -> Request:
    """Add the token of the moment: HS256 with the webhook's key, for its address."""
    hook, event = account.state.hooks.get(push.body["hook"], {}), push.body["event"]
    headers = {"Content-Type": "application/json", "X-Event-Type": event["type"]}
    if hook.get("signing_key"):
        made = token(account.state.user, push.url, hook["signing_key"])
        headers["Authorization"] = f"Bearer {made}"
    return Request(url=push.url, data=json.dumps(event).encode(), headers=headers)


def token(user: str, url: str, key: str) -> str:
    """A JSON Web Token (HS256) for this address and the ten minutes either way."""
    now = int(time.time())
    times = {"iat": now, "nbf": now - TOKEN_SECONDS, "exp": now + TOKEN_SECONDS}
    claims = {"iss": "api.httpsms.com", "sub": user, "aud": [url], **times}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    proof = hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(proof)}"


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def called(
    account: Account, kind: str, data: dict[str, Any], after: float = 0.0, times: int = 1
) -> list[dict[str, Any]]:
    """What the webhooks of this event and this phone owe."""
    hooks = account.state.hooks.values()
    wanted = [
        each for each in hooks if kind in each["events"] and data["owner"] in each["phone_numbers"]
    ]
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/v1/messages",
        "type": kind,
        "datacontenttype": "application/json",
        "time": clock.now(account.settings.clock_offset + after),
        "data": {**data, "user_id": account.state.user},
    }
    return [
        owed(each["url"], {"hook": each["id"], "event": event}, accepts="2xx", after=after)
        for each in wanted
        for _ in range(times)
    ]


def receipts(account: Account, sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The receipts that a new text will have, when the account's `status_after` says."""
    return [
        push
        for word, seconds in account.settings.status_after.items()
        if word in RECEIPTS
        for push in _receipt(account, sent, word, {}, after=seconds)
    ]


def _receipt(
    account: Account,
    sent: dict[str, Any],
    word: str,
    given: dict[str, Any],
    after: float = 0.0,
) -> list[dict[str, Any]]:
    data = {
        "message_id" if word == "expired" else "id": sent["id"],
        "owner": sent["device_fingerprint"],
        "contact": sent["phone"],
        "request_id": sent["request_id"],
        "timestamp": clock.now(account.settings.clock_offset + after),
        "encrypted": sent["encrypted"],
        "content": sent["text"],
        "sim": sent["sim"],
    }
    if word == "failed":
        data["error_message"] = given.get("reason")
    if word == "expired":
        final = bool(given.get("final"))
        data |= {"is_final": final, "send_attempt_count": 2 if final else 1}
    return called(account, RECEIPTS[word], data, after)


def status(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `status`: a text gets this status; `reason` is why it failed, and `final` says
    that an expired one is not tried again."""
    known, word = account.state.sent_as(text(given, "id")), text(given, "status")
    if known is None or word not in RECEIPTS:
        raise BadControl(f"Give the id of a text that was sent, and one of {', '.join(RECEIPTS)}.")
    pushes = _receipt(account, known, word, given)
    facts = {"reason": given.get("reason"), "final": bool(given.get("final"))}
    world().commit(account, "status", id=known["id"], status=word, pushes=pushes, **facts)
    return {"id": known["id"], "status": word, "pushes": len(pushes)}


def arrives(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `inbound`: a text reaches a phone, the first unless `device_fingerprint` names
    the number of another. `webhook` and `list` say whether the two channels show it."""
    with world().lock:
        fields = _facts(account, given)
        same = {name: fields[name] for name in ("encrypted", "sim", "attachments")}
        data = {
            "message_id": fields["id"],
            "owner": fields["device_fingerprint"],
            "contact": fields["phone"],
            "timestamp": fields["received_at"],
            "content": fields["text"],
            **same,
        }
        times = int(number(given, "webhook_times", 1)) if given.get("webhook", True) else 0
        pushes = called(account, RECEIVED, data, times=times)
        world().commit(account, "inbound", **fields, pushes=pushes)
    return {**fields, "pushes": len(pushes)}


def _facts(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    phones = {each["phone_number"]: each for each in account.state.phones.values()}
    owner = str(given.get("device_fingerprint") or next(iter(phones), ""))
    if owner not in phones:
        raise BadControl("There is no phone with this number.")
    now = clock.now(account.settings.clock_offset)
    return {
        "id": str(given.get("id") or uuid.uuid4()),
        "phone": text(given, "phone"),
        "text": str(given.get("message") or ""),
        "device_fingerprint": owner,
        "sim": phones[owner]["sim"],
        "attachments": list(given.get("attachments") or []),
        "encrypted": bool(given.get("encrypted")),
        "created_at": now,
        "received_at": str(given.get("received_at") or now),
        "list": bool(given.get("list", True)),
    }
