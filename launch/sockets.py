"""Which local ports are free, and whether somebody listens."""

from __future__ import annotations

import socket
from contextlib import closing

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with closing(socket.create_server((LOOPBACK, 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


def can_listen(host: str, port: int) -> OSError | None:
    """None where a server could listen there now, else what the system says."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        return error
    return None


def listens(port: int) -> bool:
    """Whether somebody accepts connections at that loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), 1.0).close()
    except OSError:
        return False
    return True
