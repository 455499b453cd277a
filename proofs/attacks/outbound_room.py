"""The room: a network of its own in which every address exists, and all of them are ours.

A figure runs in namespaces (`proofs.rig.namespaces`). There the whole of IPv4 and IPv6 is routed
to this machine, so that a connection to 169.254.169.254 or 10.0.0.1 succeeds and is seen.
`/etc/resolv.conf` names our own name server.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from proofs.attacks.judge_connects import Allowed
from proofs.attacks.outbound_names import ADDRESS, PORT, PUBLIC, PUBLIC6, NameServer
from proofs.attacks.outbound_sinks import Sinks
from proofs.attacks.outbound_stack import Watched
from proofs.attacks.outcome import Outcome, give_slack, seconds_for
from proofs.rig import certificate, namespaces

LONGEST_SECONDS = 3600
TRUSTED = ("*.room.test", "*.rebind.test", "*.internal.test", "example.com", "www.example.com")
"""Names whose certificate the attacked processes trust."""
PROXIES = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), f"http://{PUBLIC}:8080"
)
"""Where a canary sits: no outbound call of ours may use the environment's proxies."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """`allowed` is the explicit list of places that the service may connect to."""

    stack: Watched
    sinks: Sinks
    names: NameServer
    allowed: Allowed


def lacking() -> str:
    """Why the figures of the room cannot run on this machine; "" where they can."""
    return namespaces.lacking("strace")


def enter(module: str, *, short: bool, seed: int) -> Outcome:
    """Run `module.attack` in a room of its own and bring its outcome back."""
    reason = lacking()
    figure = importlib.import_module(module)
    if reason:
        line = f"{figure.FIGURE} not run: {reason}"
        return Outcome(figure=figure.FIGURE, goal=figure.GOAL, counts={}, passed=False, line=line)
    given = [module, short, seed, seconds_for(1.0)]
    return Outcome(**namespaces.enter(__name__, given, LONGEST_SECONDS))


@contextmanager
def opened(**settings: str) -> Iterator[Room]:
    """The room with everything running in it; only inside the namespaces."""
    with tempfile.TemporaryDirectory(prefix="hookline-room-") as place:
        folder = Path(place)
        _build_walls(folder)
        trusted = certificate.make(folder / "room.pem", TRUSTED, (PUBLIC, PUBLIC6))
        sinks, names = Sinks(trusted), NameServer()
        sinks.open()
        walls = {"SSL_CERT_FILE": str(trusted), "ALLOW_PRIVATE_TARGETS": "0"} | PROXIES
        stack = Watched(folder, **walls, **settings)
        try:
            yield Room(stack=stack, sinks=sinks, names=names, allowed=_allowed(stack, folder))
        finally:
            stack.stop()


def _allowed(stack: Watched, folder: Path) -> Allowed:
    ours = [("127.0.0.1", stack.port), (ADDRESS, PORT)]
    for url in (stack.server.url, stack.sandbox.url):
        port = url.rpartition(":")[2].split("/")[0]
        ours += [("127.0.0.1", int(port))] if port.isdecimal() else []
    return Allowed(ends=frozenset(ours), public=frozenset({PUBLIC, PUBLIC6}), folder=folder)


def _build_walls(folder: Path) -> None:
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
        f"ip addr add {PUBLIC}/32 dev lo",
        f"ip -6 addr add {PUBLIC6}/128 dev lo nodad",
    ):
        namespaces.run(command)
    texts = {
        "/etc/resolv.conf": f"nameserver {ADDRESS}\noptions timeout:2 attempts:2\n",
        "/etc/hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost\n",
    }
    namespaces.replace(folder, texts)


def main() -> None:
    module, short, seed, slack = namespaces.given()
    give_slack(slack)
    figure: Any = importlib.import_module(module)
    outcome: Outcome = figure.attack(short=short, seed=seed)
    namespaces.leave(asdict(outcome))


if __name__ == "__main__":
    main()
