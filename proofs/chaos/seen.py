"""What others' logs say of one scene: when a text was at its provider, and when at its target."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from proofs.chaos.arena import Arena
from proofs.chaos.judge import Logs, by_recipient
from proofs.chaos.lines import Tail
from proofs.rig.stack import World


class Seen:
    """`healthy` are the accounts that must not be held up; every text begins with `label`."""

    def __init__(self, arena: Arena, label: str) -> None:
        self.arena, self.label = arena, label
        self.healthy: list[World] = []
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
        """The longest from a healthy account's 2xx to the provider; infinite for one not there."""
        names, sent = {world.name for world in self.healthy}, self.sent()
        ours = [line for line in Tail(self.accepted).read() if line["world"] in names]
        waits = [min(sent[by_recipient(line)], default=float("inf")) - line["at"] for line in ours]
        return max(waits, default=0.0)

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
