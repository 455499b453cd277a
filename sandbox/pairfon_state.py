"""What a Pairfon account holds, changed only by log events: devices, messages, webhooks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox import assumptions, clock
from sandbox.log import Event
from sandbox.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Message:
    """One text in either direction; `listed` and `latest` say where an inbound one is shown."""

    id: int
    uuid: str
    direction: str
    phone: str
    text: str
    sim_slot: str
    device: str
    created_at: str
    accepted: float
    listed: bool = True
    latest: bool = True
    shown_at: float = 0.0
    row: dict[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        """Whether the history already has it."""
        return time.time() >= self.shown_at


class PairfonState:
    """The state of one account's phones."""

    def __init__(self) -> None:
        self.devices: dict[str, dict[str, Any]] = {
            str(assumptions.DEVICE["device_fingerprint"]): dict(assumptions.DEVICE)
        }
        self.webhooks: list[dict[str, Any]] = []
        self.next_id = 1
        self.next_webhook_id = 1
        self.inbound: list[Message] = []
        self.statuses: dict[int, str] = {}
        self._threads: dict[str, dict[str, list[Message]]] = {}

    def thread(self, device: str, phone: str) -> list[Message]:
        """Messages between a device and a number, oldest first."""
        thread = self._threads.get(device, {}).get(digits(phone), [])
        return [each for each in thread if each.shown]

    def threads(self, device: str) -> list[list[Message]]:
        threads = self._threads.get(device, {}).values()
        return [found for each in threads if (found := [text for text in each if text.shown])]

    def known_devices(self) -> list[str]:
        """Every device that has messages, deleted ones as well."""
        return list(self._threads)

    def status(self, message: Message, settings: Settings) -> str:
        """An outbound message's status: set by a control, else by how long ago it was accepted."""
        if message.direction == "inbound":
            return "received"
        age = time.time() - message.accepted
        reached = "queued"
        for word, after in sorted(settings.status_after.items(), key=lambda each: each[1]):
            reached = word if age >= after else reached
        return self.statuses.get(message.id, reached)

    def apply_send(self, event: Event) -> None:
        self._keep(
            _message(event, "outbound", clock.to_the_second(event.get("created_at") or event["at"]))
        )

    def apply_inbound(self, event: Event) -> None:
        message = _message(event, "inbound", event["received_at"])
        if message.listed:
            self._keep(message)
        else:
            self.next_id = max(self.next_id, message.id + 1)
        self.inbound.append(message)

    def apply_device(self, event: Event) -> None:
        self.devices[event["device"]["device_fingerprint"]] = event["device"]

    def apply_device_deleted(self, event: Event) -> None:
        self.devices.pop(event["device_fingerprint"], None)

    def apply_repaired(self, event: Event) -> None:
        """The phone has a new fingerprint, also in what it sent before."""
        old, new = event["device_fingerprint"], event["new_fingerprint"]
        device = self.devices.pop(old)
        self.devices[new] = device | {"device_fingerprint": new}
        self.inbound = [_moved(each, old, new) for each in self.inbound]
        threads = self._threads.pop(old, {})
        self._threads[new] = {
            phone: [_moved(each, old, new) for each in thread] for phone, thread in threads.items()
        }
        if event["restart_ids"]:
            self.next_id = 1

    def apply_webhooks(self, event: Event) -> None:
        self.webhooks = event["webhooks"]
        self.next_webhook_id += len(self.webhooks)

    def apply_status(self, event: Event) -> None:
        self.statuses[event["id"]] = event["status"]

    def _keep(self, message: Message) -> None:
        self.next_id = max(self.next_id, message.id + 1)
        of_device = self._threads.setdefault(message.device, {})
        of_device.setdefault(digits(message.phone), []).append(message)


def digits(phone: str) -> str:
    return "".join(each for each in phone if each.isdigit()) or phone


def _moved(message: Message, old: str, new: str) -> Message:
    return replace(message, device=new) if message.device == old else message


def inbound_object(message: Message) -> dict[str, Any]:
    """A message as `/zapier/inbound-sms` lists it and as the webhook carries it."""
    usual = {
        "id": message.id,
        "phone": message.phone,
        "message": message.text,
        "sim_slot": message.sim_slot,
        "device_fingerprint": message.device,
        "received_at": message.created_at,
    }
    return usual | message.row


def _message(event: Event, direction: str, created_at: str) -> Message:
    return Message(
        id=event["id"],
        uuid=event["uuid"],
        direction=direction,
        phone=event["phone"],
        text=event["text"],
        sim_slot=event["sim_slot"],
        device=event["device_fingerprint"],
        created_at=created_at,
        accepted=clock.seconds(event["at"]),
        listed=event.get("list", True),
        latest=event.get("latest", True),
        shown_at=event.get("shown_at", 0.0),
        row=event.get("row", {}),
    )
