"""S15: canary secrets: strings that may be nowhere, looked for everywhere after every failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import requests

from proofs.attacks.inbound_canary_life import Life
from proofs.attacks.inbound_store import everything
from proofs.attacks.outcome import Outcome, judged
from proofs.rig.stack import Stack

FIGURE = "S15"
GOAL = "Canaries in keys, numbers, texts, secrets, addresses: nowhere in logs, errors, RQ, metrics."
PAGES = ("/metrics", "/healthz", "/readyz", "/openapi.json", "/")
OURS = ("redis", "web", "worker", "scheduler")
"""Whose logs are searched; the sandbox is a provider, whose own records are evidence."""

Places = Iterator[tuple[str, str]]


def run(_stack: Stack, *, short: bool, seed: int) -> Outcome:
    """On a stack of its own, which logs all that it can and has its processes killed."""
    with TemporaryDirectory() as folder:
        own = Stack(Path(folder), LOG_LEVEL="DEBUG")
        try:
            return _judge(own, laps=1 if short else 10, seed=seed)
        finally:
            own.stop()


def _judge(stack: Stack, laps: int, seed: int) -> Outcome:
    life = Life(stack, seed)
    for _ in range(laps):
        life.lap()
    found = {
        "in_logs": _hits(_logs(stack), life.all()),
        "in_pages": _hits(_pages(stack), life.all()),
        "in_rq": _hits(_rq(stack), life.all()),
        "in_commands": _hits(_commands(stack), life.all()),
        "clear_in_store": _hits(everything(stack.db), life.sealed()),
        "in_errors": life.echoed,
    }
    counts = {"canaries": len(life.all()), "answers": life.answers, "errors": life.errors}
    return judged(FIGURE, GOAL, counts | found, passed=not any(found.values()))


def _hits(places: Places, canaries: list[str]) -> int:
    return sum(canary in text for _, text in places for canary in canaries)


def _logs(stack: Stack) -> Places:
    for name in OURS:
        yield name, (stack.folder / f"{name}.log").read_text(errors="replace")


def _pages(stack: Stack) -> Places:
    for path in PAGES:
        answer = requests.get(stack.url + path, timeout=10)
        yield path, answer.text + str(answer.headers)


def _rq(stack: Stack) -> Places:
    """Job hashes, queues, registries and results, by name and by value."""
    for key, value in everything(stack.db):
        if key.startswith("rq:"):
            yield key, f"{key} {value}"


def _commands(stack: Stack) -> Places:
    """What anybody on the machine can see of a process; its environment only its owner can."""
    for name in OURS:
        process = psutil.Process(stack.processes[name].pid)
        for each in [process, *process.children(recursive=True)]:
            yield name, " ".join(each.cmdline())
