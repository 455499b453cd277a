"""Hooks under proof: subscribe them, let days pass, and read what their target got."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integration.store import keys
from proofs.chaos.arena import Arena
from proofs.chaos.lines import Tail

LIMIT_SECONDS = 60.0
ADOPTED_SECONDS = 2.5
"""Every process learns the common time each second."""
LEAP = """
if redis.call('HLEN', KEYS[1]) > 0 then return 0 end
redis.call('HINCRBY', KEYS[2], 'steady', ARGV[1])
return 1
"""


@dataclass(frozen=True, kw_only=True)
class Post:
    """One POST as the target saw it; `at` is in Unix seconds."""

    at: float
    path: str
    webhook_id: str
    text: str
    status: int


class Target:
    """The hooks of one account, each with a path of its own at the sink."""

    def __init__(self, arena: Arena) -> None:
        self.arena, self.world = arena, arena.workspace()
        self.world.connect_pairfon()
        self.world.control("PUT", "settings", {"retry_scale": 0.25})
        self.hooks: dict[str, str] = {}
        self._tail = Tail(arena.sink.log)
        self._posts: dict[str, list[Post]] = defaultdict(list)

    def hook(self, *paths: str) -> None:
        for path in paths:
            own = f"{path}?{self.world.name}"
            target = self.arena.sink.base + own
            made = self.world.post("/v1/hooks", target_url=target, trigger="inbound-sms")
            assert made.status_code == 201, made.text
            self.hooks[path] = made.json()["id"]

    def plan(self, path: str, status: int) -> None:
        self.arena.sink.plan({f"{path}?{self.world.name}": status})

    def receive(self, *texts: str) -> None:
        for text in texts:
            self.world.inject(text)

    def posts(self, path: str) -> list[Post]:
        """What came there so far; each look reads only what the log has got since the last.

        With hundreds of hooks, reading all of it would take seconds, in which delays pass by
        themselves.
        """
        for line in self._tail.read():
            self._posts[line["path"]].append(_post(line))
        return list(self._posts[f"{path}?{self.world.name}"])

    def look(self, path: str) -> dict[str, Any] | None:
        """The hook as the API shows it, None where it is gone."""
        answer = self.world.call("GET", f"/v1/hooks/{self.hooks[path]}")
        return dict(answer.json()) if answer.ok else None

    def deliveries(self, path: str) -> list[dict[str, Any]]:
        return list(self.world.get(f"/v1/hooks/{self.hooks[path]}/deliveries", limit=200)["data"])


def _post(line: dict[str, Any]) -> Post:
    return Post(
        at=line["at"],
        path=line["path"],
        webhook_id=line["webhook_id"],
        text=str(line["body"].get("message", "")),
        status=line["status"],
    )


def pass_time(arena: Arena, seconds: float) -> None:
    """Let the service's common time run ahead: delays pass, wall clocks stay as they are.

    Not while a delivery is under way: its lease would be over, and it would rightly be repeated.
    """
    names, step = (keys.LEASED, keys.CLOCK), round(seconds * 1000)
    assert seen(lambda: arena.db.eval(LEAP, len(names), *names, step)), "deliveries never ended"
    time.sleep(ADOPTED_SECONDS)


def seen(condition: Callable[[], bool], limit: float = LIMIT_SECONDS) -> bool:
    """Whether it became true within a generous time."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return condition()
