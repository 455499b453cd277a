"""Gathered: the head of an answer goes out together with the first of its body.

gunicorn sends both apart, and each time the kernel wakes the client.
"""

from typing import Any

MOST = 64 * 1024
"""Bytes of a body that are copied behind the head; more go out by themselves."""


class Gathered:
    """The socket of one answer; `end` sends what is still held of it."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._head = b""
        self._begun = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        if not self._begun:
            self._begun, self._head = True, data
            return
        if len(data) > MOST:
            self.end()
        head, self._head = self._head, b""
        self._sock.sendall(head + data if head else data)

    def end(self) -> None:
        head, self._head = self._head, b""
        if head:
            self._sock.sendall(head)
