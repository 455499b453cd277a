"""The sink: a hook target as a process of its own, which logs every POST before it answers.

On `/refuse/3` it answers 500 to the first three POSTs of each delivery. On `/answer/503/3630` it
always answers 503 with `Retry-After: 60` (in hexadecimal), on every other path 200. `plan` sets a
path's behaviour from then on: a status, or a `Habit`.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter, defaultdict, deque
from dataclasses import asdict, dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.request import Request, urlopen

from proofs.chaos.lines import Pen
from proofs.rig.child import Child
from proofs.rig.receiver import Quiet


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How a target of real life behaves; each takes what the one before it lets pass.

    `hang` never answers, `cut` closes at once, `per_second` answers 429 beyond so many a second.
    `retry_after` goes with a 429 or 503; "" is no header.
    """

    status: int = 200
    retry_after: str = ""
    hang: bool = False
    cut: bool = False
    per_second: int = 0


class Sink:
    """Starts the sink and knows its address; the log is an append-only file of JSON lines."""

    def __init__(self, log: Path, port: int = 0) -> None:
        self.log = log
        self._child = Child("proofs.chaos.sink", str(log), "--port", str(port))
        self.base = f"http://127.0.0.1:{self._child.ports[0]}"
        self.url = f"{self.base}/hook"

    def plan(self, habits: dict[str, int | Habit]) -> None:
        """Answer these paths so from now on."""
        whole = {
            path: asdict(each if isinstance(each, Habit) else Habit(status=each))
            for path, each in habits.items()
        }
        body = json.dumps(whole).encode()
        asked = Request(f"{self.base}/plan", data=body, method="PUT")
        with urlopen(asked, timeout=30) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        self._child.stop()


class Handler(Quiet):
    """What came so far, by webhook-id, and the habits of paths that were planned."""

    protocol_version = "HTTP/1.1"
    pen: ClassVar[Pen]
    seen: ClassVar[Counter[str]] = Counter()
    plans: ClassVar[dict[str, Habit]] = {}
    taken: ClassVar[dict[str, deque[float]]] = defaultdict(deque)
    lock: ClassVar[threading.Lock] = threading.Lock()

    def do_POST(self) -> None:
        data = self.body()
        if len(data) < int(self.headers["Content-Length"] or 1):
            # Cut off on the way: nothing was delivered.
            self.close_connection = True
            return
        webhook_id = self.headers["webhook-id"]
        self.seen[webhook_id] += 1
        habit = self.plans.get(self.path)
        status, headers = self._reply(self.seen[webhook_id], habit)
        self.pen.write(
            at=time.time(),
            webhook_id=webhook_id,
            body=json.loads(data),
            path=self.path,
            status=status,
            stamp=int(self.headers["webhook-timestamp"]),
        )
        while habit and habit.hang and self.plans.get(self.path) is habit:
            time.sleep(0.05)
        if status:
            self.say(status, headers)
        else:
            self.close_connection = True

    def do_PUT(self) -> None:
        given = json.loads(self.body())
        self.plans.update({path: Habit(**each) for path, each in given.items()})
        self.say(200)

    def _reply(self, count: int, habit: Habit | None) -> tuple[int, dict[str, str]]:
        """For the POST with this number of a delivery. Accounts share a path and differ in its
        query."""
        words = self.path.partition("?")[0].split("/")
        _, word, number = (*words, "", "")[:3]
        planned = 500 if word == "refuse" and count <= int(number) else 200
        status = int(number) if word == "answer" else planned
        asked = word == "answer" and len(words) == 4
        headers = {"Retry-After": bytes.fromhex(words[3]).decode()} if asked else {}
        return self._planned(habit, headers) if habit else (status, headers)

    def _planned(self, habit: Habit, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Status 0 is no answer."""
        if habit.hang or habit.cut:
            return 0, {}
        status = habit.status if self._room(habit.per_second) else 429
        if habit.retry_after and status in (429, 503):
            headers = {"Retry-After": habit.retry_after}
        return status, headers

    def _room(self, per_second: int) -> bool:
        """Whether fewer than so many came through in the second before now."""
        with self.lock:
            now, taken = time.monotonic(), self.taken[self.path]
            while taken and taken[0] <= now - 1:
                taken.popleft()
            if per_second and len(taken) >= per_second:
                return False
            taken.append(now)
            return True


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos.sink")
    parser.add_argument("log", type=Path)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    path, port = Path(given.log), int(given.port)
    Handler.pen = Pen(path)
    server = Server(("127.0.0.1", port), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
