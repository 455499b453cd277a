"""Controls of an SMSGate account: a text or an MMS arrives, a sent text gets another status."""

from __future__ import annotations

import base64
from typing import Any

from sandbox import clock, pictures
from sandbox.accounts import Account
from sandbox.control_input import BadControl, number, text
from sandbox.log import Event
from sandbox.log_lines import owed
from sandbox.request_gate import world
from sandbox.smsgate_phones import (
    RECEIPTS,
    called,
    content_hash,
    java_hash,
    listed,
    local_time,
    receipt,
    state_of,
)

MESSAGES_SHOWN = 200
SHOWN, MOST_SHOWN = ("image/png", "image/jpeg", "image/gif"), 100_000
"""The pictures that the page of the virtual phone gets: it reads all of them each second."""


def arrives(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """Commit one inbound text, or with `media` an MMS, and the webhooks that its phone owes."""
    with world().lock:
        fields = _facts(account, given)
        row, payload = _mms(account, given, fields) if given.get("media") else _sms(fields)
        event = "mms:downloaded" if given.get("media") else "sms:received"
        times = int(number(given, "webhook_times", 1)) if given.get("webhook", True) else 0
        told = [
            each
            for _ in range(times)
            for each in called(account, event, fields["device_fingerprint"], payload)
        ]
        owing = [owed(url, shown, accepts="2xx") for url, shown in told]
        files = payload.get("attachments", [])
        fields |= {"row": row, "files": files, "list": bool(given.get("list", True))}
        world().commit(account, "inbound", **fields, pushes=owing)
    return row | {"pushes": len(owing)}


def _facts(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    sim = str(given.get("sim_slot") or "SIM1")
    at = str(given.get("received_at") or clock.now(account.settings.clock_offset))
    devices = account.state.devices
    device = str(given.get("device_fingerprint") or next(iter(devices), ""))
    if device not in devices:
        raise BadControl("There is no such device.")
    return {
        "phone": text(given, "phone"),
        "text": str(given.get("message") or ""),
        "to": given.get("to"),
        "sim_number": int(sim[3:]) if sim[3:].isdecimal() else None,
        "received_at": local_time(at),
        "device_fingerprint": device,
    }


def _sms(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row of the inbox and the payload of the webhook, which write one number differently."""
    facts = (fields["phone"], fields["received_at"], str(fields["sim_number"]), fields["text"])
    message_id = content_hash(*facts)
    row = _row(fields, f"text:{message_id - 2**31}", "SMS", fields["text"])
    return row, _payload(fields, f"{message_id:x}") | {"message": fields["text"]}


def _mms(
    account: Account, given: dict[str, Any], fields: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    message_id = str(1000 + len(account.state.arrived))
    media = given["media"]
    if isinstance(media, int):
        media = [_picture(f"{message_id}/{at}") for at in range(media)]
    files = [_file(each, 1 + at) for at, each in enumerate(media)]
    subject = given.get("subject")
    preview = fields["text"] or subject or "MMS content"
    row = _row(fields, f"mms:{java_hash(message_id)}", "MMS_DOWNLOADED", preview)
    parts = ("partId", "name", "size", "contentType")
    row["attachments"] = [{name: each[name] for name in parts} for each in files]
    body = {"body": fields["text"] or None, "subject": subject, "attachments": files}
    return row, _payload(fields, message_id) | body


def _picture(name: str) -> dict[str, Any]:
    data = base64.b64encode(pictures.png(name)).decode()
    return {"contentType": "image/png", "name": "picture.png", "data": data}


def _file(given: dict[str, Any], part: int) -> dict[str, Any]:
    data = text(given, "data")
    return {
        "partId": part,
        "contentType": text(given, "contentType"),
        "name": given.get("name") or f"{part}.bin",
        "size": len(base64.b64decode(data)),
        "data": data,
    }


def _row(fields: dict[str, Any], message_id: str, kind: str, preview: str) -> dict[str, Any]:
    return {
        "id": message_id,
        "type": kind,
        "sender": fields["phone"],
        "recipient": fields["to"],
        "simNumber": fields["sim_number"],
        "contentPreview": preview,
        "createdAt": fields["received_at"],
        "attachments": [],
    }


def _payload(fields: dict[str, Any], message_id: str) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "sender": fields["phone"],
        "recipient": fields["to"],
        "simNumber": fields["sim_number"],
        "receivedAt": fields["received_at"],
        "phoneNumber": fields["phone"],
    }


def status(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """A message reaches a state of RECEIPTS, and its phone tells of it."""
    word, message_id = text(given, "status"), text(given, "id")
    with world().lock:
        found = account.state.message(message_id)
        if found is None or word not in RECEIPTS:
            raise BadControl(f"Give the id of a sent message, and one of {', '.join(RECEIPTS)}.")
        reason = str(given.get("reason") or "")
        owing = [
            owed(url, told, accepts="2xx") for url, told in receipt(account, found, word, reason)
        ]
        world().commit(account, "status", id=message_id, status=word, pushes=owing)
    return {"id": message_id, "status": word}


def shown(account: Account) -> dict[str, Any]:
    """For the page of the virtual phone."""
    state = account.state
    every = sorted([*state.sent, *state.arrived], key=lambda each: str(each["seq"]).zfill(12))
    return {
        "devices": [listed(each) for each in state.devices.values()],
        "webhooks": [{**each, "active": True} for each in state.webhooks.values()],
        "messages": [_text(account, each) for each in every[-MESSAGES_SHOWN:]],
    }


def _text(account: Account, event: Event) -> dict[str, Any]:
    inbound = event["kind"] == "inbound"
    return {
        "id": event["row"]["id"] if inbound else event["id"],
        "direction": "inbound" if inbound else "outbound",
        "phone": event["phone"],
        "message": event["text"],
        "device_fingerprint": event["device_fingerprint"],
        "status": "received" if inbound else state_of(account, event)["state"],
        "at": event["received_at"] if inbound else event["at"],
        "pictures": [
            f"data:{each['contentType']};base64,{each['data']}"
            for each in (event["files"] if inbound else ())
            if each["contentType"] in SHOWN and len(each["data"]) < MOST_SHOWN
        ],
    }
