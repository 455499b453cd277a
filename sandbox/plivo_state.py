"""What a Plivo account holds in the sandbox, changed only by log events."""

from __future__ import annotations

import hashlib
import time
import uuid
from typing import Any

from sandbox import clock
from sandbox.log import Event
from sandbox.member import State

NUMBERS, VOICE = ("14155550100", "14155550101"), "14155550102"
INTENTS = {
    **dict.fromkeys(("stop", "stop all", "end", "quit", "cancel", "unsubscribe"), "optout"),
    **dict.fromkeys(("start", "unstop", "yes", "resume", "go"), "optin"),
    **dict.fromkeys(("help", "info"), "help"),
}
BLOCKED, UNREACHED = "200", "80"
"""The codes of a text to somebody who has opted out, and of one that did not arrive."""


def auth_id(key: str) -> str:
    """The Auth ID of an account, which follows from its token."""
    return f"MA{_digest(key)[:18].upper()}"


def digits(number: str) -> str:
    """A number as Plivo keeps it, without other signs; a name stays as it is."""
    plain = "".join(each for each in number if each not in "/-.+() ")
    return plain if plain.isdecimal() else number


def said(text: str) -> str:
    """What Plivo takes a text for: a wish to be left alone, its opposite, a call for help."""
    return INTENTS.get(" ".join(text.split()).casefold(), "")


class PlivoState(State):
    """Two numbers that text and one that does not, an application for each, and a Powerpack."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.auth_id = auth_id(key)
        self.spent = 0.0
        self.powerpack = str(uuid.uuid5(uuid.NAMESPACE_URL, key))
        self.blocked: set[tuple[str, str]] = set()
        """Numbers of the account and the people who refuse their texts."""
        named = {NUMBERS[0]: "Front Desk", NUMBERS[1]: "", VOICE: "Calls Only"}
        ids = {each: str(int(_digest(key + each)[:14], 16)) for each in named}
        self.applications = {ids[each]: _application(ids[each], each) for each in named}
        self.numbers = {each: self._number(each, named[each], ids[each]) for each in named}

    def apply_send(self, event: Event) -> None:
        super().apply_send(event)
        self.spent += event["cost"]
        if event["error"]:
            self.statuses[event["id"]] = "failed"

    def apply_inbound(self, event: Event) -> None:
        super().apply_inbound(event)
        pair, word = (event["to"], digits(event["phone"])), said(event["text"])
        if word == "optout":
            self.blocked.add(pair)
        elif word == "optin":
            self.blocked.discard(pair)

    def apply_application(self, event: Event) -> None:
        self.applications[event["place"]] |= event["changes"]

    def message_url(self, number: str) -> str:
        application = self.numbers[number]["application"].split("/")[-2]
        return str(self.applications[application]["message_url"])

    def newest_first(self) -> list[Event]:
        """Every message that the list already shows."""
        every = (*self.sent, *self.arrived)
        shown = [each for each in every if time.time() >= each.get("shown_at", 0.0)]
        return sorted(shown, key=lambda each: (each["at"], each["seq"]), reverse=True)

    def find(self, named: str) -> Event | None:
        every = (*self.sent, *self.arrived)
        return next((each for each in every if each["id"] == named), None)

    def status(self, event: Event, after: dict[str, float]) -> str:
        if event["kind"] == "inbound":
            return "received"
        age, reached = time.time() - clock.seconds(event["at"]), "queued"
        for word, seconds in sorted(after.items(), key=lambda each: each[1]):
            reached = word if age >= seconds else reached
        return self.statuses.get(event["id"], reached)

    def row(self, event: Event, after: dict[str, float]) -> dict[str, Any]:
        """A message as the API shows it, which is without its text."""
        inward, status = event["kind"] == "inbound", self.status(event, after)
        ours, theirs = event["to"] if inward else event["sender_id"], digits(event["phone"])
        written = event["at"].replace("T", " ").replace("Z", "+00:00")
        failed = UNREACHED if status in ("failed", "undelivered", "rejected") else None
        return {
            "message_uuid": event["id"],
            "from_number": theirs if inward else digits(ours),
            "to_number": digits(ours) if inward else theirs,
            "message_direction": "inbound" if inward else "outbound",
            "message_state": status,
            "message_type": event["channel"],
            "message_time": written,
            "error_code": event.get("error") or failed,
            "error_message": "",
            "units": 1,
            "total_rate": str(event.get("cost", 0)),
            "total_amount": str(event.get("cost", 0)),
            "powerpack_id": event.get("powerpack"),
            "resource_uri": f"/v1/Account/{self.auth_id}/Message/{event['id']}/",
        }

    def _number(self, number: str, name: str, application: str) -> dict[str, Any]:
        own = f"/v1/Account/{self.auth_id}"
        return {
            "number": number,
            "alias": name or None,
            "application": f"{own}/Application/{application}/",
            "number_type": "local",
            "sms_enabled": number != VOICE,
            "mms_enabled": number != VOICE,
            "voice_enabled": True,
            "sub_account": None,
            "resource_uri": f"{own}/Number/{number}/",
        }


def _application(number: str, name: str) -> dict[str, Any]:
    return {
        "app_id": number,
        "app_name": f"For {name}",
        "answer_url": "https://example.com/answer",
        "answer_method": "POST",
        "message_url": "",
        "message_method": "POST",
        "enabled": True,
        "sub_account": None,
    }


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
