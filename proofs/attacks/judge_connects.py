"""The judge of connections: what the kernel saw, and who was knocked on; never what we say.

`strace` writes down every `connect()` of the service's processes and of all they start. A
connection is forbidden unless it is on a short list made beforehand, so the judge shares no rule
with `integration.outbound.addresses`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

_LINE = re.compile(r"connect\(\d+<(?P<kind>[A-Za-z0-9-]+)[^{]*\{sa_family=(?P<family>\w+)")
_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_ADDRESS = re.compile(r'inet_(?:addr\("|pton\(AF_INET6, ")([^"]+)"')
_PATH = re.compile(r'sun_path=@?"([^"]*)"')
LOCAL_SERVICES = ("/var/run/nscd/socket", "/run/nscd/socket", "/run/avahi-daemon/socket")
"""Sockets on which the C library itself asks for names."""


@dataclass(frozen=True, kw_only=True)
class Connect:
    """One `connect()`: `kind` as strace names it ("TCP", "UDPv6", "UNIX-STREAM"), `address` an
    IP address or a socket's path."""

    kind: str
    address: str
    port: int = 0

    def is_only_a_route_question(self) -> bool:
        """Connecting a datagram socket sends nothing: the C library asks for a source address."""
        return self.kind.startswith("UDP") and self.port != 53


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """`ends` are (address, port) of our own parts; `public` addresses may be met on any port."""

    ends: Collection[tuple[str, int]]
    public: Collection[str]
    folder: Path

    def covers(self, each: Connect) -> bool:
        if each.kind.startswith("UNIX"):
            return each.address in LOCAL_SERVICES or each.address.startswith(str(self.folder))
        end = (str(ip_address(each.address)), each.port)
        return end in self.ends or end[0] in self.public


def prefix(log: Path) -> list[str]:
    """What to put before a command so that its whole tree's connections land in `log`.

    The tracer is a detached grandchild (`-D`): the process itself keeps its parent and its pid.
    """
    tracer = shutil.which("strace")
    if not tracer:
        raise RuntimeError("strace is missing; install it (apt-get install strace).")
    options = ["-D", "-f", "-qq", "--seccomp-bpf", "-yy", "-s", "256", "-e", "signal=none"]
    return [tracer, *options, "-e", "trace=connect", "-o", str(log)]


def seen(logs: Collection[Path]) -> list[Connect]:
    found = []
    for path in logs:
        for line in path.read_text(errors="replace").splitlines():
            connect = parsed(line)
            if connect:
                found.append(connect)
    return found


def parsed(line: str) -> Connect | None:
    """One line of strace's; None for what is no connect, or leads nowhere (AF_UNSPEC)."""
    match = _LINE.search(line)
    if not match:
        return None
    kind, family = match["kind"], match["family"]
    if family == "AF_UNIX":
        path = _PATH.search(line)
        return Connect(kind="UNIX", address=path.group(1) if path else "")
    address, port = _ADDRESS.search(line), _PORT.search(line)
    if family not in ("AF_INET", "AF_INET6") or not address or not port:
        return None
    return Connect(kind=kind, address=address.group(1), port=int(port.group(1)))


def forbidden(logs: Collection[Path], allowed: Allowed) -> list[Connect]:
    """Every connection that was opened, or tried, to a place that is not on the list."""
    tried = [each for each in seen(logs) if not each.is_only_a_route_question()]
    return [each for each in tried if not allowed.covers(each)]
