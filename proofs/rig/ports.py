"""Ports for servers that start a little later, which nothing else takes until then."""

from __future__ import annotations

import os
import random
import socket

PORTS = range(15_000, 32_000)
"""Below those that the system gives to outgoing connections: none of them can take one."""
SHARES = 17
"""The processes of one test run draw from different ports: what was drawn is not in use yet."""
_given: set[int] = set()


def free_port() -> int:
    """A loopback port that nobody uses; drawn at random, so that runs side by side do not meet."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    ours = PORTS[int(worker) % SHARES :: SHARES] if worker.isdecimal() else PORTS
    while True:
        port = random.choice(ours)
        with socket.socket() as probe:
            if port not in _given and probe.connect_ex(("127.0.0.1", port)):
                _given.add(port)
                return port
