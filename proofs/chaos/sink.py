"""The sink: a hook target as a process of its own, which logs every POST before it answers.

On `/refuse/3` it answers 500 to the first three POSTs of each delivery, on `/answer/503/3630`
always 503 with `Retry-After: 60` (in hexadecimal), and on every other path 200; `plan` sets a
path's status from then on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen


class Sink:
    """Starts the sink and knows its address; the log is an append-only file of JSON lines."""

    def __init__(self, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "proofs.chaos.sink", str(log)]
        root = Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True
        )
        assert self._process.stdout
        self.base = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        self.url = f"{self.base}/hook"

    def plan(self, statuses: dict[str, int]) -> None:
        """Answer these paths so from now on."""
        body = json.dumps(statuses).encode()
        asked = Request(f"{self.base}/plan", data=body, method="PUT")
        with urlopen(asked, timeout=30) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def _plain(path: str) -> str:
    """Without the query, by which several accounts share one kind of target."""
    return path.partition("?")[0]


def handler(file: int) -> type[BaseHTTPRequestHandler]:
    seen: Counter[str] = Counter()
    plans: dict[str, int] = {}

    def answer(path: str, count: int) -> int:
        _, word, number = (*_plain(path).split("/"), "", "")[:3]
        planned = 500 if word == "refuse" and count <= int(number) else 200
        return plans.get(path, int(number) if word == "answer" else planned)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"] or 1)
            data = self.rfile.read(length)
            if len(data) < length:
                # Cut off on the way: nothing was delivered.
                self.close_connection = True
                return
            body = json.loads(data)
            webhook_id = self.headers["webhook-id"]
            seen[webhook_id] += 1
            status = answer(self.path, seen[webhook_id])
            line = {"at": time.time(), "webhook_id": webhook_id, "body": body, "path": self.path}
            line |= {"status": status, "stamp": int(self.headers["webhook-timestamp"])}
            os.write(file, json.dumps(line).encode() + b"\n")
            self._say(status)

        def do_PUT(self) -> None:
            plans.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._say(200)

        def _say(self, status: int) -> None:
            self.send_response(status)
            words = _plain(self.path).split("/")
            if words[1:2] == ["answer"] and len(words) == 4:
                self.send_header("Retry-After", bytes.fromhex(words[3]).decode())
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing on the run's output."""

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos.sink")
    parser.add_argument("log", type=Path)
    path: Path = parser.parse_args().log
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(file))
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
