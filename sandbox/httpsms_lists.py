"""The lists of httpSMS: rows as it shows them, the newest first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sandbox import clock
from sandbox.accounts import Account
from sandbox.log import Event
from sandbox.request_gate import Refused

TIMES = {"sent": "sent_at", "delivered": "delivered_at", "failed": "failed_at"}
TIMES |= {"expired": "expired_at"}


def messages(account: Account, owner: str, contact: str) -> list[dict[str, Any]]:
    """The messages of a phone with one contact."""
    rows = [row for row in every(account) if (row["owner"], row["contact"]) == (owner, contact)]
    return sorted(rows, key=lambda each: str(each["order_timestamp"]), reverse=True)


def message(account: Account, number: str) -> dict[str, Any]:
    for row in every(account):
        if row["id"] == number:
            return row
    raise Refused(404, f"cannot find message with ID [{number}]")


def threads(account: Account, owner: str, *, archived: bool) -> list[dict[str, Any]]:
    """One for each contact, with what happened last."""
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(every(account), key=lambda each: str(each["updated_at"])):
        if row["owner"] == owner:
            found[row["contact"]] = _thread(account, row)
    listed = [each for each in found.values() if each["is_archived"] is archived]
    return sorted(listed, key=lambda each: str(each["order_timestamp"]), reverse=True)


def _thread(account: Account, row: dict[str, Any]) -> dict[str, Any]:
    number = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{account.key} {row['owner']} {row['contact']}"))
    same = {name: row[name] for name in ("owner", "contact", "status", "user_id")}
    times = {name: row[name] for name in ("order_timestamp", "updated_at", "created_at")}
    return {
        **same,
        **times,
        "id": number,
        "is_archived": number in account.state.archived,
        "is_read": False,
        "color": "indigo",
        "last_message_id": row["id"],
        "last_message_content": row["content"],
    }


def every(account: Account) -> Iterable[dict[str, Any]]:
    """All messages of the account, those that a control hides left out."""
    yield from (sent(account, each) for each in account.state.sent)
    yield from (_came(account, each) for each in account.state.arrived if each["list"])


def sent(account: Account, event: Event) -> dict[str, Any]:
    """A text that was sent, as its row and the answer to its call show it."""
    status, since = account.state.status_of(event, account.settings.status_after)
    changed = _written(since)
    more: dict[str, Any] = {TIMES[status]: changed} if status in TIMES else {}
    told = account.state.told.get(event["id"], {})
    if status == "failed":
        more["failure_reason"] = told.get("reason")
    if status == "expired":
        more["send_attempt_count"] = 2 if told.get("final") else 1
    return {
        **_row(account, event),
        "request_id": event["request_id"],
        "type": "mobile-terminated",
        "status": status,
        "send_attempt_count": 0,
        "max_send_attempts": 2,
        "request_received_at": event["created_at"],
        "order_timestamp": changed,
        "updated_at": changed,
        **more,
    }


def _came(account: Account, event: Event) -> dict[str, Any]:
    at = event["received_at"]
    times = {"request_received_at": at, "received_at": at, "order_timestamp": at}
    return {
        **_row(account, event),
        **times,
        "request_id": None,
        "type": "mobile-originated",
        "status": "received",
        "send_attempt_count": 0,
        "max_send_attempts": 0,
        "updated_at": event["created_at"],
    }


def _row(account: Account, event: Event) -> dict[str, Any]:
    return {
        "id": event["id"],
        "owner": event["device_fingerprint"],
        "user_id": account.state.user,
        "contact": event["phone"],
        "content": event["text"],
        "attachments": event["attachments"],
        "encrypted": event["encrypted"],
        "sim": event["sim"],
        "created_at": event["created_at"],
        "failure_reason": None,
    }


def _written(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
    return at.replace("+00:00", "Z")


def heartbeats(account: Account, owner: str) -> list[dict[str, Any]]:
    """The last one alone."""
    seen = account.state.heartbeats.get(owner)
    number = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{account.key} {owner} {seen}"))
    row = {"id": number, "owner": owner, "version": "sandbox", "charging": True}
    return [{**row, "user_id": account.state.user, "timestamp": seen}] if seen else []


def usage(account: Account) -> dict[str, Any]:
    """What the account did this month."""
    now = clock.now()
    begin = f"{now[:7]}-01T00:00:00Z"
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"usage {account.key}")),
        "user_id": account.state.user,
        "sent_messages": len(account.state.sent),
        "received_messages": len(account.state.arrived),
        "total_cost": 0,
        "start_timestamp": begin,
        "end_timestamp": now,
        "created_at": begin,
        "updated_at": now,
    }


def shown(of: Account) -> dict[str, Any]:
    """Phones, webhooks and messages, as the handset and the controls show them."""
    found = [
        {
            "id": each["id"],
            "direction": "inbound" if each["type"] == "mobile-originated" else "outbound",
            "status": each["status"],
            "at": each["created_at"],
            "phone": each["contact"],
            "message": each["content"],
        }
        for each in every(of)
    ]
    found.sort(key=lambda each: str(each["at"]))
    return {
        "devices": list(of.state.phones.values()),
        "hooks": [{**each, "signing_key": "***"} for each in of.state.hooks.values()],
        "messages": found,
    }
