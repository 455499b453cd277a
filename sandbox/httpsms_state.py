"""What an httpSMS account holds in the sandbox, changed only by log events."""

from __future__ import annotations

import time
import uuid
from typing import Any

from sandbox import clock
from sandbox.log import Event
from sandbox.member import State

RECEIVED = "message.phone.received"
RECEIPTS = {
    "sent": "message.phone.sent",
    "delivered": "message.phone.delivered",
    "failed": "message.send.failed",
    "expired": "message.send.expired",
}
"""The event that tells each status of a text that was sent."""
OTHERS = {"message.call.missed", "phone.heartbeat.online", "phone.heartbeat.offline"}
EVENTS = {RECEIVED, *RECEIPTS.values(), *OTHERS}
NUMBER = "+18005550199"
"""That of the phone which each account begins with."""


class HttpsmsState(State):
    """One phone at first, and the webhooks by their ids."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.user = user(key)
        first = {"phone_number": NUMBER, "sim": "SIM1"}
        self.phones: dict[str, dict[str, Any]] = {}
        self.apply_phone({"phone": phone(key, first)})
        self.heartbeats: dict[str, str] = {NUMBER: clock.now()}
        self.hooks: dict[str, dict[str, Any]] = {}
        self.archived: set[str] = set()
        self.told: dict[str, Event] = {}
        """The last status that a control gave a text."""

    def sent_as(self, number: str) -> Event | None:
        """A text that was sent, by its id."""
        return next((each for each in self.sent if each["id"] == number), None)

    def status_of(self, event: Event, after: dict[str, float]) -> tuple[str, float]:
        """The status that a control set, else the one that has come by itself; and since when, in
        seconds since 1970."""
        sent_at = clock.seconds(event["created_at"])
        if event["id"] in self.told:
            told = self.told[event["id"]]
            return told["status"], clock.seconds(told["at"])
        age = time.time() - clock.seconds(event["at"])
        come = [(wait, word) for word, wait in after.items() if wait <= age]
        return (max(come)[1], sent_at + max(come)[0]) if come else ("pending", sent_at)

    def apply_phone(self, event: Event) -> None:
        self.phones[event["phone"]["id"]] = event["phone"]

    def apply_device_deleted(self, event: Event) -> None:
        self.phones.pop(event["device"], None)

    def apply_heartbeat(self, event: Event) -> None:
        self.heartbeats |= dict.fromkeys(event["numbers"], event["seen"])

    def apply_status(self, event: Event) -> None:
        self.told[event["id"]] = event

    def apply_archive(self, event: Event) -> None:
        change = self.archived.add if event["archived"] else self.archived.discard
        change(event["thread"])

    def apply_hook(self, event: Event) -> None:
        self.hooks[event["hook"]["id"]] = event["hook"]

    def apply_hook_gone(self, event: Event) -> None:
        self.hooks.pop(event["id"], None)


def user(key: str) -> str:
    """The id of the account's owner."""
    return uuid.uuid5(uuid.NAMESPACE_OID, key).hex[:28]


def phone(key: str, given: dict[str, Any]) -> dict[str, Any]:
    """A phone of this account. Its id follows from key and number, so a reset keeps it."""
    number = given["phone_number"]
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{key} {number}")),
        "phone_number": number,
        "sim": given.get("sim", "SIM1"),
        "fcm_token": f"fcm_{uuid.uuid5(uuid.NAMESPACE_OID, number).hex}",
        "messages_per_minute": 30,
        "max_send_attempts": 2,
        "message_expiration_seconds": 600,
        "unarchive_thread": False,
        "user_id": user(key),
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }
