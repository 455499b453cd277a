"""The list of messages as textbee gives it: filters, pages by number, and a cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, jsonify

from sandbox.accounts import Account
from sandbox.log import Event
from sandbox.request_gate import Refused

USUAL, MOST = 50, 100
CHOICES = {"direction": ("sent", "received"), "order": ("asc", "desc")}


def page(account: Account, asked: Mapping[str, str]) -> Response:
    """A page of the messages of phones that are there; an unknown value is refused."""
    for name, allowed in CHOICES.items():
        if asked.get(name, allowed[0]) not in allowed:
            raise Refused(400, f"Invalid {name}")
    listed = sorted(_asked_for(account, asked), key=_place)
    if asked.get("order") != "asc":
        listed.reverse()
    size = min(_whole(asked.get("limit"), USUAL), MOST)
    if "page" in asked or asked.get("order") != "asc":
        return _numbered(listed, _whole(asked.get("page"), 1), size)
    after = _decoded(asked["cursor"]) if "cursor" in asked else None
    left = [each for each in listed if after is None or _place(each) > after]
    shown = left[:size]
    following = _encoded(_place(shown[-1])) if shown else asked.get("cursor")
    meta = {"limit": size, "hasMore": len(left) > size, "nextCursor": following}
    return jsonify(data=shown, meta=meta)


def _numbered(listed: list[dict[str, Any]], number: int, size: int) -> Response:
    pages = max(1, -(-len(listed) // size))
    meta = {"page": number, "limit": size, "total": len(listed), "totalPages": pages}
    return jsonify(data=listed[(number - 1) * size : number * size], meta=meta)


def _asked_for(account: Account, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    events = [*account.state.sent, *(each for each in account.state.arrived if each["list"])]
    rows = [row(account, each) for each in events]
    begin = _time(asked["from"]) if "from" in asked else None
    wanted = asked.get("search", "")
    return [
        each
        for each in rows
        if each["device"]["_id"] in account.state.devices
        and each["direction"] == asked.get("direction", each["direction"])
        and (begin is None or datetime.fromisoformat(each["createdAt"]) >= begin)
        and wanted in f"{each.get('recipient', '')} {each.get('sender', '')} {each['message']}"
    ]


def row(account: Account, event: Event) -> dict[str, Any]:
    """A message as the list shows it."""
    device = account.state.devices.get(event["device_fingerprint"], {})
    facts = {name: device.get(name) for name in ("brand", "model", "enabled")}
    usual = {
        "message": event["text"],
        "device": {"_id": event["device_fingerprint"], **facts},
        "encrypted": False,
        "createdAt": _milliseconds(event["created_at"]),
        "updatedAt": _milliseconds(event["created_at"]),
    }
    if event["kind"] == "inbound":
        at, sender = event["received_at"], event["phone"]
        numbers = {"_id": event["id"], "sender": sender, "receivedAt": at}
        return {**usual, **numbers, "direction": "received", "status": "received", **event["row"]}
    status = account.state.status_of(event, account.settings.status_after)
    numbers = {"_id": event["sms_id"], "smsBatch": event["id"], "recipient": event["phone"]}
    sim = {"simSubscriptionId": event["sim_subscription"]}
    return {**usual, **numbers, **sim, "direction": "sent", "status": status}


def _place(found: dict[str, Any]) -> tuple[str, str]:
    return found["createdAt"], found["_id"]


def _milliseconds(at: str) -> str:
    return f"{at[:23]}Z"


def _time(given: str) -> datetime:
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        raise Refused(400, "Invalid from")
    return found


def _encoded(place: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode("|".join(place).encode()).decode()


def _decoded(cursor: str) -> tuple[str, str]:
    try:
        at, _, number = base64.urlsafe_b64decode(cursor).decode().partition("|")
    except (binascii.Error, UnicodeDecodeError):
        at = number = ""
    if not number:
        raise Refused(400, "Invalid cursor")
    return at, number


def _whole(given: str | None, usual: int) -> int:
    return int(given) if given and given.isdecimal() and int(given) else usual
