"""The sink: a hook target as a process of its own, which logs every POST before it answers.

On `/refuse/3` it answers 500 to the first three POSTs of each delivery. On `/answer/503/3630` it
always answers 503 with `Retry-After: 60` (in hexadecimal), on every other path 200. `plan` sets a
path's status from then on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.request import Request, urlopen

from proofs.chaos.lines import Pen
from proofs.rig.child import Child
from proofs.rig.receiver import Quiet


class Sink:
    """Starts the sink and knows its address; the log is an append-only file of JSON lines."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._child = Child("proofs.chaos.sink", str(log))
        self.base = f"http://127.0.0.1:{self._child.ports[0]}"
        self.url = f"{self.base}/hook"

    def plan(self, statuses: dict[str, int]) -> None:
        """Answer these paths so from now on."""
        body = json.dumps(statuses).encode()
        asked = Request(f"{self.base}/plan", data=body, method="PUT")
        with urlopen(asked, timeout=30) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        self._child.stop()


class Handler(Quiet):
    """What came so far, by webhook-id, and the statuses of paths that were planned."""

    protocol_version = "HTTP/1.1"
    pen: ClassVar[Pen]
    seen: ClassVar[Counter[str]] = Counter()
    plans: ClassVar[dict[str, int]] = {}

    def do_POST(self) -> None:
        data = self.body()
        if len(data) < int(self.headers["Content-Length"] or 1):
            # Cut off on the way: nothing was delivered.
            self.close_connection = True
            return
        webhook_id = self.headers["webhook-id"]
        self.seen[webhook_id] += 1
        status, headers = self._reply(self.seen[webhook_id])
        self.pen.write(
            at=time.time(),
            webhook_id=webhook_id,
            body=json.loads(data),
            path=self.path,
            status=status,
            stamp=int(self.headers["webhook-timestamp"]),
        )
        self.say(status, headers)

    def do_PUT(self) -> None:
        self.plans.update(json.loads(self.body()))
        self.say(200)

    def _reply(self, count: int) -> tuple[int, dict[str, str]]:
        """For the POST with this number of a delivery. Accounts share a path and differ in its
        query."""
        words = self.path.partition("?")[0].split("/")
        _, word, number = (*words, "", "")[:3]
        planned = 500 if word == "refuse" and count <= int(number) else 200
        status = int(number) if word == "answer" else planned
        asked = word == "answer" and len(words) == 4
        headers = {"Retry-After": bytes.fromhex(words[3]).decode()} if asked else {}
        return self.plans.get(self.path, status), headers


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos.sink")
    parser.add_argument("log", type=Path)
    path: Path = parser.parse_args().log
    Handler.pen = Pen(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
