"""A target in this process: keeps each POST or GET on any path, and answers as planned."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from proofs.rig.sandbox import until


@dataclass(frozen=True, kw_only=True)
class Call:
    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass(frozen=True, kw_only=True)
class Reply:
    """`hang` keeps the caller waiting until the receiver closes or is released."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    body: bytes = b""


class Quiet(BaseHTTPRequestHandler):
    """A handler that reads bodies and logs nothing."""

    def body(self) -> bytes:
        """The result of the body: shorter than announced where the connection broke."""
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def say(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the run's output free of requests."""


class Server(ThreadingHTTPServer):
    """Has room for a burst of callers, also while this process stands still."""

    request_queue_size = 128
    daemon_threads = True


class Receiver:
    """Keeps every call in `all`; a subclass chooses the reply. Port 0 takes a free one."""

    def __init__(self, port: int = 0) -> None:
        self.all: list[Call] = []
        self.released = threading.Event()
        receiver = self

        class Handler(Quiet):
            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                body, method = self.body(), self.command
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = Call(path=self.path, headers=headers, body=body, method=method)
                receiver.all.append(call)
                reply = receiver.reply(call)
                if reply.hang:
                    receiver.released.wait(120)
                    self.close_connection = True
                else:
                    self.say(reply.status, reply.headers, reply.body)

        self._server = Server(("127.0.0.1", port), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def reply(self, call: Call) -> Reply:
        raise NotImplementedError

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Listener(Receiver):
    """Answers with `codes` in turn, then with 200, whatever the path; always with `said`."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.said = b""
        super().__init__()
        self.url = f"{self.base}/hook"

    def reply(self, _: Call) -> Reply:
        return Reply(status=self.codes.pop(0) if self.codes else 200, body=self.said)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [call.event for call in self.all]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        until(lambda: len(self.all) >= count, f"{count} pushes, got {self.bodies}")
        return self.bodies
