"""What an SMSGate account holds: phones, messages, the webhooks that the phones call."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox import clock
from sandbox.accounts import Account, Push
from sandbox.log import Event
from sandbox.member import Request, State

SIGNING_KEY = "sandbox-signing-key"
FIRST_PHONE = "SandboxPhone000000001"
ZONE = timezone(timedelta(hours=2))
SHOWN = {"sent": "Sent", "delivered": "Delivered"}
RECEIPTS = {
    "Sent": ("sms:sent", "sentAt"),
    "Delivered": ("sms:delivered", "deliveredAt"),
    "Failed": ("sms:failed", "failedAt"),
    "Cancelled": ("sms:cancelled", "cancelledAt"),
}


class Phones(State):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.devices: dict[str, dict[str, Any]] = {FIRST_PHONE: phone(FIRST_PHONE, "Sandbox Phone")}
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.inbox: dict[str, Event] = {}
        """By id: of two equal texts in one millisecond, a phone keeps one."""
        self._messages: dict[str, list[Event]] = {}

    def apply_send(self, event: Event) -> None:
        super().apply_send(event)
        self._messages.setdefault(event["id"], []).append(event)

    def apply_device(self, event: Event) -> None:
        self.devices[event["device"]["id"]] = event["device"]

    def apply_device_deleted(self, event: Event) -> None:
        self.devices.pop(event["device_fingerprint"], None)

    def apply_webhook(self, event: Event) -> None:
        self.webhooks[event["webhook"]["id"]] = event["webhook"]

    def apply_webhook_deleted(self, event: Event) -> None:
        self.webhooks.pop(event["webhook"], None)

    def apply_inbound(self, event: Event) -> None:
        super().apply_inbound(event)
        if event["list"]:
            self.inbox[event["row"]["id"]] = event

    def message(self, number: str, device: str = "") -> Event | None:
        """The message with this id, of one phone where it is named."""
        found = self._messages.get(number, ())
        return next((each for each in found if device in ("", each["device_fingerprint"])), None)

    def urls(self, event: str, device: str) -> list[tuple[str, str]]:
        """The id and the address of each webhook that a phone calls for an event."""
        return [
            (each["id"], each["url"])
            for each in self.webhooks.values()
            if each["event"] == event and each.get("deviceId") in (None, device)
        ]


def phone(number: str, name: str) -> dict[str, Any]:
    sims = [{"slotIndex": each - 1, "simNumber": each} for each in (1, 2)]
    return {"id": number, "name": name, "createdAt": "2026-01-01T00:00:00Z", "simCards": sims}


def listed(device: dict[str, Any]) -> dict[str, Any]:
    """A phone as the list has it: it was there a moment ago."""
    return device | {"updatedAt": clock.now(), "lastSeen": clock.now()}


def state_of(account: Account, event: Event) -> dict[str, Any]:
    """A message as `GET /messages/{id}` shows it; its content is hashed once the phone had it."""
    word = _reached(account, event)
    hashed = word != "Pending"
    number = hashlib.sha256(event["phone"].encode()).hexdigest()[:16] if hashed else event["phone"]
    shown = {
        "id": event["id"],
        "deviceId": event["device_fingerprint"],
        "state": word,
        "isHashed": hashed,
        "isEncrypted": False,
        "recipients": [{"phoneNumber": number, "state": word}],
        "states": {"Pending": event["at"]},
    }
    content = {"text": event["text"]}
    return shown | ({} if hashed else {"textMessage": content})


def _reached(account: Account, event: Event) -> str:
    """A message's state: set by a control, else by how long ago it was accepted."""
    age, found = time.time() - clock.seconds(event["at"]), "Pending"
    for word, after in sorted(account.settings.status_after.items(), key=lambda each: each[1]):
        found = SHOWN.get(word, word) if age >= after else found
    return str(account.state.statuses.get(event["id"], found))


def receipts(account: Account, event: Event) -> list[tuple[float, str, dict[str, Any]]]:
    """What a phone tells of a message that it sends: after how many seconds, to whom, and what."""
    return [
        (after, url, body)
        for word, after in account.settings.status_after.items()
        if SHOWN.get(word) in RECEIPTS
        for url, body in receipt(account, event, SHOWN[word])
    ]


def receipt(
    account: Account, event: Event, word: str, reason: str = ""
) -> list[tuple[str, dict[str, Any]]]:
    name, at = RECEIPTS[word]
    payload = {
        "messageId": event["id"],
        "sender": None,
        "recipient": event["phone"],
        "simNumber": event["sim_number"],
        "phoneNumber": event["phone"],
        at: local_time(clock.now(account.settings.clock_offset)),
        **({"reason": reason} if reason else {}),
        **({"partsCount": 1} if word == "Sent" else {}),
    }
    return called(account, name, event["device_fingerprint"], payload)


def called(
    account: Account, event: str, device: str, payload: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """The bodies that a phone posts for one event, each with its address; each has its own id."""
    return [
        (
            url,
            {
                "deviceId": device,
                "event": event,
                "id": hashlib.sha256(f"{clock.now()}{number}".encode()).hexdigest()[:21],
                "payload": payload,
                "webhookId": number,
            },
        )
        for number, url in account.state.urls(event, device)
    ]


def signed(_: Account, push: Push) -> Request:
    """A webhook as a phone posts it: the time of this try, and the proof over body and time."""
    body, stamp = json.dumps(push.body).encode(), str(int(time.time()))
    proof = hmac.new(SIGNING_KEY.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": proof}
    return Request(url=push.url, data=body, headers=headers)


def local_time(at: str) -> str:
    """A time as a phone east of Greenwich writes it, to the millisecond."""
    moment = datetime.fromisoformat(at).astimezone(ZONE)
    return moment.isoformat(timespec="milliseconds")


def content_hash(*facts: str) -> int:
    """32 bits of a message's facts, as both ids of a text are made."""
    return int.from_bytes(hashlib.sha256("\0".join(facts).encode()).digest()[:4], "big")


def java_hash(words: str) -> int:
    """`String.hashCode`: s[0]*31^(n-1) + … + s[n-1] in 32 bits with a sign."""
    powers: list[int] = [31**at for at in reversed(range(len(words)))]
    total = sum(ord(each) * power for each, power in zip(words, powers, strict=True))
    return (total + 2**31) % 2**32 - 2**31
