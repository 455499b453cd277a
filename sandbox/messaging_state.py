"""What a messaging account holds, changed only by log events: groups, contacts, balance."""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.log import Event


class MessagingState:
    """The state of one Cloud Messaging or Ultimate SMS account."""

    def __init__(self, key: str, balance: float) -> None:
        first = {"uid": f"g_{_tag(key)}", "name": "Everyone", "description": None}
        self.uid = f"u_{_tag(key + '/account')}"
        self.balance = balance
        self.groups: dict[str, dict[str, Any]] = {str(first["uid"]): first}
        self.contacts: list[dict[str, Any]] = []
        self.messages: dict[str, Event] = {}

    def members(self, group: str) -> list[dict[str, Any]]:
        return [each for each in self.contacts if each["group_uid"] == group]

    def apply_send(self, event: Event) -> None:
        self.messages[event["message_id"]] = event
        self.balance -= event["cost"]

    def apply_contact(self, event: Event) -> None:
        self.contacts.append(event["contact"])

    def apply_group(self, event: Event) -> None:
        self.groups[event["group"]["uid"]] = event["group"]


def _tag(text: str) -> str:
    # The first group's uid follows from the key, so that it is the same after a reset or restart.
    return hashlib.sha256(text.encode()).hexdigest()[:12]
