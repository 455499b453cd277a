"""An answer's head and the first of its body are one write; nothing of it is held back for good."""

from __future__ import annotations

from typing import Any

import pytest

from integration.runtime.gathered import MOST, Gathered

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


class Sock:
    """What a socket was asked to send, each time."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)

    def gettimeout(self) -> float:
        return 20.0


@pytest.mark.parametrize(
    ("parts", "sent"),
    [
        ([HEAD], [HEAD]),
        ([HEAD, b"{}"], [HEAD + b"{}"]),
        ([HEAD, b"one", b"two"], [HEAD + b"one", b"two"]),
        ([HEAD, b"x" * (MOST + 1)], [HEAD, b"x" * (MOST + 1)]),
        ([], []),
    ],
)
def test_the_head_goes_out_with_the_body(parts: list[bytes], sent: list[bytes]) -> None:
    sock = Sock()
    answer: Any = Gathered(sock)
    for each in parts:
        answer.sendall(each)
    answer.end()
    answer.end()
    assert sock.sent == sent
    assert answer.gettimeout() == 20.0, "all else is the socket's own"
