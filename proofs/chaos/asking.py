"""Asking: what the API says of every job, in the same pages as any user gets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from proofs.rig.stack import World

PATIENCE_SECONDS = 60.0
OPEN = ("scheduled", "queued", "sending")


@dataclass(frozen=True, kw_only=True)
class SeenJob:
    """A job as the API shows it; times are Unix seconds, `settled` 0 while it is open."""

    id: str
    text: str
    status: str
    created: float
    settled: float
    attempts: tuple[str, ...]

    @property
    def open(self) -> bool:
        return self.status in OPEN

    def story(self) -> str:
        """Its whole timeline, for a report of what went wrong."""
        return f"{self.id} {self.text!r} {self.status}: " + "; ".join(self.attempts)


def every(worlds: list[World], **filters: str) -> list[SeenJob]:
    return [_seen(job) for world in worlds for job in _pages(world, filters)]


def one(world: World, job_id: str) -> SeenJob:
    return _seen(world.job(job_id))


def _pages(world: World, filters: dict[str, str]) -> Iterator[dict[str, Any]]:
    asked: dict[str, str] = {"limit": "200", **filters}
    while True:
        page = _patiently(world, asked)
        yield from page["data"]
        if not page["next_cursor"]:
            return
        asked["cursor"] = page["next_cursor"]


def _patiently(world: World, asked: dict[str, str]) -> dict[str, Any]:
    """One page; the process that took the question may be the one that was just killed."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return dict(world.get("/v1/jobs", **asked))
        except requests.ConnectionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _seen(job: dict[str, Any]) -> SeenJob:
    ends = [each["at"] for each in job["attempts"]]
    is_open = job["status"] in OPEN
    return SeenJob(
        id=job["id"],
        text=job["input"].get("message", ""),
        status=job["status"],
        created=_seconds(job["created_at"]),
        settled=0.0 if is_open or not ends else _seconds(ends[-1]),
        attempts=tuple(f"{e['at']} {e['outcome']} ({e['detail']})" for e in job["attempts"]),
    )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
