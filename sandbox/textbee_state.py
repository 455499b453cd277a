"""What a textbee account holds in the sandbox, changed only by log events."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import time
from typing import Any

from sandbox import clock
from sandbox.log import Event
from sandbox.member import State

RECEIVED = "MESSAGE_RECEIVED"
RECEIPTS = {
    "sent": "MESSAGE_SENT",
    "delivered": "MESSAGE_DELIVERED",
    "failed": "MESSAGE_FAILED",
    "unknown": "UNKNOWN_STATE",
}
"""The event that tells each status of a text that was sent."""
EVENTS = {RECEIVED, *RECEIPTS.values(), "SMS_STATUS_UPDATED"}


_PROCESS, _COUNT = secrets.token_hex(5), itertools.count(1)


def new_id() -> str:
    """An id as MongoDB makes them, 24 hexadecimals: the time, a word of the process, a count."""
    return f"{int(time.time()):08x}{_PROCESS}{next(_COUNT):06x}"


class TextbeeState(State):
    """One phone with two SIMs, and the webhooks by their ids."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        # The id follows from the account's key, so a reset does not change it.
        number = hashlib.sha256(key.encode()).hexdigest()[:24]
        self.devices: dict[str, dict[str, Any]] = {number: _device(number)}
        self.hooks: dict[str, dict[str, Any]] = {}

    def sims(self, device: dict[str, Any]) -> list[dict[str, Any]]:
        return list(device["simInfo"]["sims"])

    def sent_as(self, number: str) -> Event | None:
        """A text that was sent, by the id of its batch."""
        return next((each for each in self.sent if each["id"] == number), None)

    def status_of(self, event: Event, after: dict[str, float]) -> str:
        """The status that a control set, else the one that has come by itself."""
        if event["id"] in self.statuses:
            return self.statuses[event["id"]]
        age = time.time() - clock.seconds(event["at"])
        come = [
            word for word, wait in sorted(after.items(), key=lambda each: each[1]) if wait <= age
        ]
        return come[-1] if come else "dispatched"

    def apply_device(self, event: Event) -> None:
        self.devices[event["device"]["_id"]] = event["device"]

    def apply_device_deleted(self, event: Event) -> None:
        self.devices.pop(event["device"], None)

    def apply_hook(self, event: Event) -> None:
        self.hooks[event["hook"]["_id"]] = event["hook"]

    def apply_hook_gone(self, event: Event) -> None:
        self.hooks.pop(event["id"], None)


def _device(number: str) -> dict[str, Any]:
    names = {3: "Personal", 7: "Shop"}
    sims = [
        {"subscriptionId": sim, "simSlotIndex": slot, "carrierName": "Carrier", "displayName": name}
        for slot, (sim, name) in enumerate(names.items())
    ]
    return {
        "_id": number,
        "name": None,
        "brand": "google",
        "model": "Pixel 8",
        "enabled": True,
        "isDefault": True,
        "simInfo": {"lastUpdated": clock.now(), "sims": sims},
        "lastHeartbeat": clock.now(),
    }
