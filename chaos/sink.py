"""The sink: a hook target as a process of its own, which logs every POST before it answers."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Sink:
    """Starts the sink and knows its address; the log is an append-only file of JSON lines."""

    def __init__(self, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "chaos.sink", str(log)]
        root = Path(__file__).resolve().parent.parent
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True
        )
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/hook"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def handler(file: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            line = {"at": time.time(), "webhook_id": self.headers["webhook-id"], "body": body}
            os.write(file, json.dumps(line).encode() + b"\n")
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing on the run's output."""

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.sink")
    parser.add_argument("log", type=Path)
    path: Path = parser.parse_args().log
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(file))
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
