"""Sends webhooks and receipts in the background, in order for each target, and retries them."""

from __future__ import annotations

import heapq
import json
import threading
import time
from dataclasses import replace

import requests

from sandbox import assumptions
from sandbox.accounts import Account, Push
from sandbox.member import Request
from sandbox.world import World

THREADS = 4


class Pusher:
    """A queue by due time in one lane for each target. A lane has one push under way at a time,
    so its order holds, and a slow target holds up no other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._changed = threading.Condition()
        self._lanes: dict[tuple[str, str], list[tuple[float, int, Push]]] = {}
        self._busy: set[tuple[str, str]] = set()
        self._count = 0

    def start(self) -> None:
        for push in self._world.unfinished():
            self.add(push)
        self._world.owed = self.add
        for number in range(THREADS):
            threading.Thread(target=self._run, name=f"push-{number}", daemon=True).start()

    def add(self, push: Push) -> None:
        with self._changed:
            self._count += 1
            lane = self._lanes.setdefault((push.account, push.url), [])
            heapq.heappush(lane, (push.due, self._count, push))
            self._changed.notify()

    def _run(self) -> None:
        with requests.Session() as session:
            # Proxies or .netrc of the surroundings are not the sandbox's to use.
            session.trust_env = False
            while True:
                push = self._next()
                try:
                    self._attempt(session, push)
                except OSError:
                    # The log refused the result, so the attempt counts as not made.
                    self.add(replace(push, due=time.time() + 1.0))
                with self._changed:
                    self._busy.discard((push.account, push.url))
                    self._changed.notify()

    def _next(self) -> Push:
        with self._changed:
            while True:
                free = [lane for name, lane in self._lanes.items() if name not in self._busy]
                first = min(free, default=None, key=lambda lane: lane[0])
                wait = first[0][0] - time.time() if first else None
                if first and wait is not None and wait <= 0:
                    return self._taken(first)
                self._changed.wait(wait)

    def _taken(self, lane: list[tuple[float, int, Push]]) -> Push:
        push = heapq.heappop(lane)[2]
        name = (push.account, push.url)
        self._busy.add(name)
        if not lane:
            del self._lanes[name]
        return push

    def _attempt(self, session: requests.Session, push: Push) -> None:
        found = self._world.push(push.account, push.id)
        if found is None:
            return
        code, error, out = None, None, _request(found[0], push)
        try:
            answer = session.request(
                out.method,
                out.url,
                data=out.data,
                timeout=assumptions.PUSH_TIMEOUT,
                allow_redirects=False,
                headers={"User-Agent": "Hookline-Sandbox/1", **out.headers},
            )
            code = answer.status_code
        except (requests.RequestException, ValueError) as failure:
            error = type(failure).__name__
        self._record(push, code, error)

    def _record(self, push: Push, code: int | None, error: str | None) -> None:
        with self._world.lock:
            found = self._world.push(push.account, push.id)
            if found is None:
                return
            account, current = found
            tried, again = len(current.attempts), None
            if not _acknowledged(push, code) and tried < len(assumptions.PUSH_DELAYS):
                again = time.time() + assumptions.PUSH_DELAYS[tried] * account.settings.retry_scale
            attempt = {"push": push.id, "code": code, "error": error, "next": again}
            self._world.commit(account, "push_attempt", **attempt)
            if again is not None:
                self.add(account.pushes[push.id])


def _request(account: Account, push: Push) -> Request:
    if account.member and account.member.request:
        return account.member.request(account, push)
    body = json.dumps(push.body).encode()
    return Request(url=push.url, data=body, headers={"Content-Type": "application/json"})


def _acknowledged(push: Push, code: int | None) -> bool:
    if code is None:
        return False
    return code == 200 if push.accepts == "200" else 200 <= code < 300
