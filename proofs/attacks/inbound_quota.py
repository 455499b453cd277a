"""S14: quotas under 32 threads: exact, said rightly in the headers, and each workspace's own."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from proofs.attacks.outcome import Outcome, judged
from proofs.rig.stack import Stack, World

FIGURE = "S14"
GOAL = "A key's quota under 32 threads: overshoot at most 1 %, headers right, others unaffected."
THREADS, MINUTE, FAILURES = 32, 60, 15
EDGE = 1.0
"""Seconds before a clock minute's end at which a full lap begins.

A counter that each minute resets would let nearly twice the quota through."""

Answers = list[requests.Response]


def run(_stack: Stack, *, short: bool, seed: int) -> Outcome:
    """On a stack of its own, since it needs a small quota and uses up an address's failures."""
    limit = 150 if short else 600
    with TemporaryDirectory() as folder:
        own = Stack(Path(folder), RATE_LIMIT=str(limit))
        try:
            return _judge(own, limit, laps=1 if short else 3, at_edge=not short)
        finally:
            own.stop()


def _judge(stack: Stack, limit: int, laps: int, *, at_edge: bool) -> Outcome:
    counts = dict.fromkeys(("calls", "overshoot", "wrong_headers", "others_refused"), 0)
    for _ in range(laps):
        greedy, modest = stack.workspace(), stack.workspace()
        if at_edge:
            _await_edge()
        answers, beside = _storm(greedy, modest, limit * 2)
        passed = [each for each in answers if each.ok]
        counts["calls"] += len(answers)
        counts["overshoot"] += abs(len(passed) - limit)
        counts["wrong_headers"] += _wrong(answers, limit)
        counts["others_refused"] += sum(not each.ok for each in beside)
    guesses = [each.status_code for each in _guesses(stack, 100)]
    counts["guesses"], counts["guesses_over"] = 100, guesses.count(401) - FAILURES
    kept = counts["overshoot"] * 100 <= limit * laps and counts["guesses_over"] == 0
    passed_all = kept and not counts["wrong_headers"] and not counts["others_refused"]
    return judged(FIGURE, GOAL, counts, passed=passed_all)


def _await_edge() -> None:
    left = MINUTE - time.time() % MINUTE - EDGE
    time.sleep(left if left > 0 else left + MINUTE)


def _storm(greedy: World, modest: World, calls: int) -> tuple[Answers, Answers]:
    """`calls` by one key from all threads, while another workspace calls quietly."""
    beside: Answers = []
    over = threading.Event()

    def quietly() -> None:
        while not over.wait(0.2):
            beside.append(modest.call("GET", "/v1/me"))

    bystander = threading.Thread(target=quietly)
    bystander.start()
    answers = _at_once(lambda: greedy.call("GET", "/v1/me"), calls)
    over.set()
    bystander.join()
    return answers, beside


def _guesses(stack: Stack, calls: int) -> Answers:
    world = stack.workspace()
    wrong = {"Authorization": f"Bearer hk_{secrets.token_urlsafe(30)}"}
    return _at_once(lambda: world.call("GET", "/v1/me", headers=wrong), calls)


def _at_once(call: Callable[[], requests.Response], calls: int) -> Answers:
    with ThreadPoolExecutor(THREADS) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(calls)]]


def _wrong(answers: Answers, limit: int) -> int:
    """Answers whose headers lie, and remainders that were given twice or never."""
    passed = sorted(int(each.headers["RateLimit-Remaining"]) for each in answers if each.ok)
    uneven = len(set(range(limit)) ^ set(passed)) + len(passed) - len(set(passed))
    return uneven + sum(not _right(each, limit) for each in answers)


def _right(answer: requests.Response, limit: int) -> bool:
    reset = int(answer.headers["RateLimit-Reset"])
    said = int(answer.headers["RateLimit-Limit"]) == limit and 1 <= reset <= MINUTE
    if answer.ok:
        return said and "Retry-After" not in answer.headers
    late = answer.status_code == 429 and int(answer.headers["Retry-After"]) == reset
    return said and late and answer.headers["RateLimit-Remaining"] == "0"
