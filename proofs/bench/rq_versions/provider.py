"""A fake provider that sends whatever it is asked to, and keeps the log by which a trial is judged.

Every effect is one line in an append-only file, written before the answer. So a sender that dies,
or whose answer is cut off, has sent all the same.

Started with LOG CUT REFUSE SEED; prints its port.
"""

from __future__ import annotations

import os
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Provider(ThreadingHTTPServer):
    """`cut` of the sends are done and their answer lost; `refuse` get 503 and are not done."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, log: Path, cut: float, refuse: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.cut, self.refuse = cut, refuse
        self.dice = random.Random(seed)
        self.sent: set[str] = set()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client killed in mid-request is what a trial is for: nothing to report."""


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        ref = self.path.rpartition("/")[2]
        roll = self.server.dice.random()
        time.sleep(0.005 + 0.01 * self.server.dice.random())
        if roll < self.server.refuse:
            return self.answer(503)
        os.write(self.server.log, f"{ref}\n".encode())
        self.server.sent.add(ref)
        if roll < self.server.refuse + self.server.cut:
            self.close_connection = True
            return None
        return self.answer(201)

    def do_GET(self) -> None:
        self.answer(200 if self.path.rpartition("/")[2] in self.server.sent else 404)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The log that counts is the file."""


def main() -> None:
    log, cut, refuse, seed = sys.argv[1:]
    provider = Provider(Path(log), float(cut), float(refuse), int(seed))
    print(provider.server_port, flush=True)
    provider.serve_forever()


if __name__ == "__main__":
    main()
