"""What a Vonage account holds in the sandbox, and the parts of a text."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.log import Event
from sandbox.member import State

SECRET = "sandbox_secret"
"""The API secret of every account."""
NUMBERS = {"447700900000": ["VOICE", "SMS"], "447700900003": ["VOICE"]}
WHOLE, EACH = {False: 160, True: 70}, {False: 153, True: 67}
"""Characters of a text that fits one part, and of each part of a longer one: plain or unicode."""


class VonageState(State):
    """Its webhooks are signed with `signature_secret`, by HMAC with SHA-256."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.signature_secret = f"sig_{key}"
        self.spent = 0.0

    def apply_send(self, event: Event) -> None:
        super().apply_send(event)
        self.spent += event["cost"]


def parts(text: str, *, unicode: bool) -> list[str]:
    if len(text) <= WHOLE[unicode]:
        return [text]
    step = EACH[unicode]
    return [text[start : start + step] for start in range(0, len(text), step)]


def new_id() -> str:
    return secrets.token_hex(8).upper()


def line(event: Event, direction: str, status: str) -> dict[str, Any]:
    """A text as the controls and the handset page show it."""
    shown = {"id": event["id"], "direction": direction, "status": status, "at": event["at"]}
    return {**shown, "phone": event["phone"], "message": event["text"]}
