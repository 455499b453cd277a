"""textbee's webhooks as the sandbox sends them: texts that arrive, receipts, signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import Any

from sandbox import clock
from sandbox.accounts import Account, Push
from sandbox.control_input import BadControl, number, text
from sandbox.log_lines import owed
from sandbox.member import Request
from sandbox.request_gate import world
from sandbox.textbee_state import RECEIPTS, RECEIVED, new_id

TIMES = {"sent": "sentAt", "delivered": "deliveredAt", "failed": "failedAt"}


def request(account: Account, push: Push) -> Request:
    """Sign a webhook: HMAC-SHA256 over the body as it goes out, with its subscription's secret."""
    data = json.dumps(push.body, separators=(",", ":"), ensure_ascii=False).encode()
    hook = account.state.hooks.get(push.body["webhookSubscriptionId"], {})
    secret = str(hook.get("signingSecret", ""))
    signature = hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Signature": signature}
    return Request(url=push.url, data=data, headers=headers)


def called(
    account: Account, event: str, facts: dict[str, Any], after: float = 0.0, times: int = 1
) -> list[dict[str, Any]]:
    """What the active webhooks of this event owe."""
    hooks = account.state.hooks.values()
    wanted = [each for each in hooks if each["isActive"] and event in each["events"]]
    key = str(uuid.uuid4())
    return [
        owed(
            each["deliveryUrl"],
            {
                **facts,
                "webhookSubscriptionId": each["_id"],
                "webhookEvent": event,
                "idempotencyKey": key,
            },
            accepts="2xx",
            after=after,
        )
        for each in wanted
        for _ in range(times)
    ]


def receipts(account: Account, sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The receipts that a new text will have, when the account's `status_after` says."""
    return [
        push
        for word, seconds in account.settings.status_after.items()
        if word in RECEIPTS
        for push in _receipt(account, sent, word, after=seconds)
    ]


def _receipt(
    account: Account, sent: dict[str, Any], word: str, reason: Any = None, after: float = 0.0
) -> list[dict[str, Any]]:
    facts = {
        "smsId": sent["sms_id"],
        "message": sent["text"],
        "deviceId": sent["device_fingerprint"],
        "smsBatchId": sent["id"],
        "status": word,
        "recipient": sent["phone"],
    }
    if word in TIMES:
        facts[TIMES[word]] = clock.now(account.settings.clock_offset + after)
    if word == "failed":
        facts |= {"errorCode": "GENERIC_FAILURE", "errorMessage": reason}
    return called(account, RECEIPTS[word], facts, after)


def status(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `status`: a text gets this status, and a failed one `reason` as its error."""
    known, word = account.state.sent_as(text(given, "id")), text(given, "status")
    if known is None or word not in RECEIPTS:
        raise BadControl(f"Give the id of a text that was sent, and one of {', '.join(RECEIPTS)}.")
    pushes = _receipt(account, known, word, given.get("reason"))
    world().commit(account, "status", id=known["id"], status=word, pushes=pushes)
    return {"id": known["id"], "status": word, "pushes": len(pushes)}


def arrives(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `inbound`: a text reaches a phone, the first unless `device_fingerprint` names
    another. `webhook` and `list` say whether the two channels show it, `row` what else its row has.
    """
    with world().lock:
        fields = _facts(account, given)
        facts = {
            "smsId": fields["id"],
            "message": fields["text"],
            "deviceId": fields["device_fingerprint"],
            "sender": fields["phone"],
            "receivedAt": fields["received_at"],
        }
        times = int(number(given, "webhook_times", 1)) if given.get("webhook", True) else 0
        pushes = called(account, RECEIVED, facts, times=times)
        world().commit(account, "inbound", **fields, pushes=pushes)
    return {**fields, "pushes": len(pushes)}


def _facts(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    devices, now = account.state.devices, clock.now(account.settings.clock_offset)
    device = str(given.get("device_fingerprint") or next(iter(devices), ""))
    if device not in devices:
        raise BadControl("There is no such device.")
    return {
        "id": str(given.get("id") or new_id()),
        "phone": text(given, "phone"),
        "text": text(given, "message"),
        "device_fingerprint": device,
        "created_at": now,
        "received_at": str(given.get("received_at") or now),
        "list": bool(given.get("list", True)),
        "row": dict(given.get("row") or {}),
    }
