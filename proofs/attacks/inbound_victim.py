"""A workspace with one of everything, whose ids another workspace gets hold of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proofs.rig.sandbox import until
from proofs.rig.stack import NEXT_YEAR, Stack

Reference = tuple[str, str, dict[str, object], str]
"""A verb, an address, the fields given (with "ID" where the foreign id goes), the foreign id."""


class Victim:
    """Its objects by kind; `is_unharmed` says whether all are as they were made."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self.world = world = stack.workspace()
        target = f"{stack.url}/nowhere/{seed}?secret=of-the-victim"
        self.connection = world.connect_pairfon()
        hook = world.post("/v1/hooks", target_url=target, trigger="inbound-sms").json()
        later = world.send(message="Later", schedule_at=f"{NEXT_YEAR}T09:00:00Z").json()
        self.found = {
            "connection": self.connection,
            "hook": hook["id"],
            "job": world.send(message="Mine").json()["id"],
            "scheduled": later["id"],
            "key": self._second_key(),
            "event": self._event(),
        }
        self.target = target
        self.found["delivery"] = str(until(self._delivery, "the victim's delivery"))
        world.settled(self.found["job"])
        self.before = self._state()

    def ids(self) -> list[str]:
        return list(self.found.values())

    def fitting(self, place: str) -> list[str]:
        """The ids that belong at a place such as `hook_id`, and one that does not."""
        kind = place.removesuffix("_id")
        return [self.found[kind], self.found["event"]]

    def is_unharmed(self) -> bool:
        return self._state() == self.before

    def _second_key(self) -> str:
        return str(self.world.post("/v1/keys", name="second").json()["id"])

    def _event(self) -> str:
        self.world.inject("For the victim only")
        return str(until(self.world.inbox, "the victim's message")[0]["id"])

    def _delivery(self) -> str | None:
        rows = self.world.get(f"/v1/hooks/{self.found['hook']}/deliveries")["data"]
        return rows[0]["id"] if rows else None

    def _state(self) -> list[Any]:
        world, found = self.world, self.found
        lists = [world.get(f"/v1/{name}")["data"] for name in ("connections", "keys", "hooks")]
        names = [
            sorted(row["id"] for row in rows if "/race/" not in str(row.get("target_url")))
            for rows in lists
        ]
        jobs = [world.job(found[name])["status"] == "scheduled" for name in ("job", "scheduled")]
        hook = world.get(f"/v1/hooks/{found['hook']}")
        return [names, jobs, hook["status"], hook["target_url"], hook["description"]]


def references(victim: Victim, *, every: bool) -> Iterator[Reference]:
    """Where an id may stand in a query or a body; all ids there, or the connection's alone."""
    send: dict[str, object] = {"phone": "+14155550123", "message": "Not mine", "connection": "ID"}
    hook: dict[str, object] = {"trigger": "inbound-sms", "target_url": "http://127.0.0.1:9/t"}
    for foreign in victim.ids() if every else [victim.connection]:
        yield "POST", "/v1/actions/send-sms", send, foreign
        yield "POST", "/v1/actions/send-sms", send | {"device_fingerprint": "ID"}, foreign
        yield "POST", "/v1/hooks", hook | {"connection": "ID"}, foreign
        yield "POST", "/v1/hooks", hook | {"filters": {"connection": foreign}}, foreign
        for trigger in ("inbound-sms", "latest-sms", "message-status"):
            yield "GET", f"/v1/triggers/{trigger}", {"connection": "ID"}, foreign
            yield "GET", f"/v1/triggers/{trigger}", {"cursor": "ID"}, foreign
            yield "GET", f"/v1/triggers/{trigger}", {"consumer": "ID"}, foreign
        for search in ("find-message", "find-conversation", "list-devices", "get-account"):
            yield "GET", f"/v1/searches/{search}", {"connection": "ID"}, foreign
        for option in ("devices", "sim-slots", "groups", "senders"):
            yield "GET", f"/v1/options/{option}", {"connection": "ID"}, foreign
        for listing in ("hooks", "jobs", "keys", "connections"):
            yield "GET", f"/v1/{listing}", {"cursor": "ID"}, foreign
    yield "GET", "/v1/hooks", {"target_url": "ID"}, victim.target
    yield "DELETE", "/v1/hooks", {"target_url": "ID"}, victim.target
