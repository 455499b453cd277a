"""What a Telnyx account holds in the sandbox, changed only by log events."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.log import Event
from sandbox.member import State

NUMBERS = ("+14155550100", "+14155550101")
NAME = "Hookline"
"""The alphanumeric sender of the first profile."""
KEPT = 24 * 3600.0
"""For how many seconds an answer is kept under its Idempotency-Key."""
BLOCKING = ("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit")
LIFTING = ("start", "unstop")
AUTORESPONSES = {
    **dict.fromkeys(BLOCKING, "STOP"),
    **dict.fromkeys(LIFTING, "START"),
    **dict.fromkeys(("help", "info"), "HELP"),
}


class TelnyxState(State):
    """Two profiles with a number each. The second sends from a pool."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        # Ids and the signing key follow from the account's key, so a reset does not change them.
        self.signer = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(key.encode()).digest())
        first, second = (str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{n}")) for n in (1, 2))
        pool = {"toll_free_weight": 1, "long_code_weight": 1, "skip_unhealthy": False}
        self.profiles = {
            first: _profile(first, "Shop", None),
            second: _profile(second, "Campaigns", pool),
        }
        self.numbers = dict(zip(NUMBERS, (first, second), strict=True))
        self.blocked: set[tuple[str, str]] = set()
        """Profiles and the people who refuse their texts."""
        self.spent = 0.0
        self._answers: dict[str, Event] = {}

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.signer.public_key().public_bytes_raw()).decode()

    def answered(self, key: str) -> Event | None:
        """The send that was carried out under this Idempotency-Key."""
        found = self._answers.get(key)
        return found if found and time.time() < found["kept_until"] else None

    def message(self, number: str) -> dict[str, Any] | None:
        found = next((each for each in self.sent if each["id"] == number), None)
        return dict(found["message"]) if found else None

    def apply_send(self, event: Event) -> None:
        super().apply_send(event)
        self.spent += event["cost"]
        if event["idempotency_key"]:
            self._answers[event["idempotency_key"]] = event

    def apply_inbound(self, event: Event) -> None:
        super().apply_inbound(event)
        pair, word = (event["profile"], event["phone"]), AUTORESPONSES.get(said(event["text"]))
        if word == "STOP":
            self.blocked.add(pair)
        if word == "START":
            self.blocked.discard(pair)

    def apply_profile(self, event: Event) -> None:
        self.profiles[event["profile"]["id"]] = event["profile"]


def said(text: str) -> str:
    """A text as it is compared with the words of opt-outs."""
    return " ".join(text.split()).casefold()


def _profile(number: str, name: str, pool: Any) -> dict[str, Any]:
    return {
        "record_type": "messaging_profile",
        "id": number,
        "name": name,
        "enabled": True,
        "webhook_url": "",
        "webhook_failover_url": "",
        "webhook_api_version": "2",
        "number_pool_settings": pool,
        "whitelisted_destinations": ["*"],
    }
