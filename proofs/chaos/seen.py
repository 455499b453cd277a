"""What others' logs say of one scene: when a text was at its provider, and when at its target."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.judge import Logs, by_recipient
from proofs.chaos.lines import Tail
from proofs.rig.stack import World

UNDER_WAY_SECONDS = 2.0


@dataclass(kw_only=True)
class Closed:
    """When the provider of these accounts refused everything (Unix seconds)."""

    names: frozenset[str]
    begin: float
    end: float = float("inf")

    def holds(self, accepted: dict[str, Any]) -> bool:
        """Whether this text was accepted meanwhile, or so shortly before that it was under way."""
        return (
            accepted["world"] in self.names
            and self.begin - UNDER_WAY_SECONDS <= accepted["at"] < self.end
        )


class Seen:
    """`healthy` are the accounts that must not be held up; every text begins with `label`."""

    def __init__(self, arena: Arena, label: str) -> None:
        self.arena, self.label = arena, label
        self.healthy: list[World] = []
        self.closed: list[Closed] = []
        self.accepted = arena.folder / f"accepted-{label}.jsonl"

    @property
    def logs(self) -> Logs:
        arena = self.arena
        return Logs(accepted=self.accepted, provider=arena.provider_log, sink=arena.sink.log)

    def sent(self) -> dict[str, list[float]]:
        """When the provider took each text, by text and recipient."""
        found: dict[str, list[float]] = defaultdict(list)
        for line in self.provider("send"):
            found[by_recipient(line)].append(_seconds(line["at"]))
        return found

    def slowest(self) -> float:
        """The longest from a healthy account's 2xx to the provider; infinite for one not there.

        What was accepted while the account's own provider was closed is not among them."""
        return max((wait for wait, closed in self._waits() if closed is None), default=0.0)

    def slowest_after(self) -> float:
        """The longest from the moment at which a healthy account's provider opened again to a text
        that was accepted while it was closed."""
        return max((wait for wait, closed in self._waits() if closed), default=0.0)

    def _waits(self) -> Iterator[tuple[float, Closed | None]]:
        names, sent = {world.name for world in self.healthy}, self.sent()
        for line in Tail(self.accepted).read():
            if line["world"] not in names:
                continue
            taken = min(sent[by_recipient(line)], default=float("inf"))
            closed = next((each for each in self.closed if each.holds(line)), None)
            yield taken - (closed.end if closed else line["at"]), closed

    def posts(self, path: str) -> dict[str, list[dict[str, Any]]]:
        """What the target got of each inbound text under this path, in order."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in Tail(self.arena.sink.log).read():
            text = str(line["body"].get("message", ""))
            if line["path"] == path and text.startswith(self.label):
                found[text].append(line)
        return found

    def waits(self, path: str, texts: Sequence[str]) -> list[float]:
        """Seconds from each text's arrival at the provider to the target's first 200."""
        came = {line["text"]: _seconds(line["at"]) for line in self.provider("inbound")}
        posts = self.posts(path)
        return [
            min((p["at"] for p in posts[text] if p["status"] == 200), default=float("inf"))
            - came[text]
            for text in texts
        ]

    def await_posts(self, path: str, texts: Sequence[str], limit: float) -> list[str]:
        """Wait until the target took them all; returns those that it did not get."""
        end, tail, missing = time.monotonic() + limit, Tail(self.arena.sink.log), set(texts)
        while missing and time.monotonic() < end:
            took = [each for each in tail.read() if each["path"] == path and each["status"] == 200]
            missing -= {str(each["body"].get("message", "")) for each in took}
            time.sleep(0.1)
        return sorted(missing)

    def provider(self, kind: str) -> list[dict[str, Any]]:
        """The provider's lines of this scene: `send` or `inbound`."""
        lines = Tail(self.arena.provider_log).read()
        ours = [line for line in lines if line.get("kind") == kind]
        return [line for line in ours if str(line["text"]).startswith(self.label)]


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
