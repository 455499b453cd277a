"""What a Twilio account holds: numbers, a messaging service, messages, and who has opted out."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from sandbox import clock
from sandbox.log import Event
from sandbox.member import State

NUMBER, UNNAMED, VOICE = "+15005550006", "+15005550016", "+15005550026"
STOP = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
START = ("START", "UNSTOP", "YES")


def sid(start: str, name: str) -> str:
    """The SID of a thing; it follows from the name, so it is the same after a restart."""
    return start + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def rfc2822(at: str) -> str:
    return format_datetime(datetime.fromisoformat(at).replace(microsecond=0))


class Twilio(State):
    """One account; the key is its Auth Token."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.sid = sid("AC", key)
        self.balance = 1000.0
        self.opted_out: set[tuple[str, str]] = set()
        named = {NUMBER: "Front Desk", UNNAMED: "(500) 555-0016", VOICE: "Calls Only"}
        numbers = [self._number(phone, named[phone]) for phone in named]
        self.numbers = {each["sid"]: each for each in numbers}
        service = self._service("Reminders")
        self.services = {service["sid"]: service}

    def number(self, phone: str) -> dict[str, Any] | None:
        return next((e for e in self.numbers.values() if e["phone_number"] == phone), None)

    def apply_send(self, event: Event) -> None:
        super().apply_send(event)
        self.balance -= 0.0075 * int(event["segments"])

    def apply_inbound(self, event: Event) -> None:
        super().apply_inbound(event)
        word, pair = event["text"].strip().upper(), (event["to"], event["phone"])
        if word in STOP:
            self.opted_out.add(pair)
        elif word in START:
            self.opted_out.discard(pair)

    def apply_webhooks(self, event: Event) -> None:
        """An address was set for a number or a service, here or by a control."""
        places = self.numbers if event["place"] in self.numbers else self.services
        places[event["place"]] |= event["changes"]

    def newest_first(self) -> list[Event]:
        """Every message that the list already shows."""
        every = [each for each in (*self.sent, *self.arrived) if each.get("list", True)]
        shown = [each for each in every if time.time() >= each.get("shown_at", 0.0)]
        return sorted(shown, key=lambda each: (each["created_at"], each["seq"]), reverse=True)

    def find(self, message_sid: str) -> Event | None:
        every = (*self.sent, *self.arrived)
        return next((each for each in every if each["message_id"] == message_sid), None)

    def status(self, event: Event, after: dict[str, float]) -> str:
        if event["kind"] == "inbound":
            return "received"
        age = time.time() - clock.seconds(event["created_at"])
        reached = "accepted" if event["service"] else "queued"
        for word, seconds in sorted(after.items(), key=lambda each: each[1]):
            reached = word if age >= seconds else reached
        return self.statuses.get(event["message_id"], reached)

    def message(self, event: Event, after: dict[str, float]) -> dict[str, Any]:
        """A message as the API shows it."""
        inward, status = event["kind"] == "inbound", self.status(event, after)
        waits, own = status in ("queued", "accepted"), f"/Messages/{event['message_id']}"
        path = f"/2010-04-01/Accounts/{self.sid}{own}"
        ours, theirs = event["to"] if inward else event["sender_id"], event["phone"]
        found = {
            "account_sid": self.sid,
            "api_version": "2010-04-01",
            "body": event["text"],
            "date_created": rfc2822(event["created_at"]),
            "date_sent": None if waits else rfc2822(event["created_at"]),
            "date_updated": rfc2822(event["created_at"]),
            "direction": "inbound" if inward else "outbound-api",
            "error_code": 30003 if status == "undelivered" else None,
            "error_message": None,
            "from": theirs if inward else (None if event["service"] and waits else ours),
            "messaging_service_sid": event.get("service") or None,
            "num_media": str(len(event["media"])),
            "num_segments": "0" if event.get("service") and waits else event["segments"],
            "price": None,
            "price_unit": "USD",
            "sid": event["message_id"],
            "status": status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": ours if inward else theirs,
            "uri": f"{path}.json",
        }
        return {**found, **event.get("row", {})}

    def _number(self, phone: str, name: str) -> dict[str, Any]:
        texts = phone != VOICE
        return {
            "sid": sid("PN", self.key + phone),
            "account_sid": self.sid,
            "friendly_name": name,
            "phone_number": phone,
            "capabilities": {"voice": True, "sms": texts, "mms": texts, "fax": False},
            "sms_url": "",
            "sms_method": "POST",
            "sms_application_sid": "",
            "beta": False,
            "origin": "twilio",
            "uri": f"/2010-04-01/Accounts/{self.sid}/IncomingPhoneNumbers/"
            f"{sid('PN', self.key + phone)}.json",
        }

    def _service(self, name: str) -> dict[str, Any]:
        own = sid("MG", self.key + name)
        return {
            "sid": own,
            "account_sid": self.sid,
            "friendly_name": name,
            "inbound_request_url": None,
            "inbound_method": "POST",
            "status_callback": None,
            "sticky_sender": True,
            "use_inbound_webhook_on_number": True,
            "url": f"https://messaging.twilio.com/v1/Services/{own}",
        }
