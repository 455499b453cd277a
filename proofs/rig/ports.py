"""Ports for servers that start a little later, which nothing else takes until then."""

from __future__ import annotations

import random
import socket

PORTS = range(15_000, 32_000)
"""Below those that the system gives to outgoing connections: none of them can take one."""


def free_port() -> int:
    """A loopback port that nobody uses; drawn at random, so that runs side by side do not meet."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
