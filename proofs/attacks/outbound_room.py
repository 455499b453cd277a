"""The room: a network of its own in which every address exists, and all of them are ours.

A figure runs in Linux namespaces (network, mounts, processes). There the whole of IPv4 and IPv6
is routed to this machine, so that a connection to 169.254.169.254 or 10.0.0.1 succeeds and is
seen; `/etc/resolv.conf` names our own name server; and nothing outlives the figure.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from proofs.attacks import outbound_certificate
from proofs.attacks.judge_connects import Allowed
from proofs.attacks.outbound_names import ADDRESS, PORT, PUBLIC, PUBLIC6, NameServer
from proofs.attacks.outbound_sinks import Sinks
from proofs.attacks.outbound_stack import Watched
from proofs.attacks.outcome import Outcome, give_slack, seconds_for

HERE = Path(__file__).resolve().parents[2]
MARK = "outcome "
LONGEST_SECONDS = 3600
PROXIES = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), f"http://{PUBLIC}:8080"
)
"""Where a canary sits: none of our outbound calls may go by the environment's proxies."""
_WALLS = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


@dataclass(frozen=True, kw_only=True)
class Room:
    """`allowed` is the explicit list of places that the service may connect to."""

    stack: Watched
    sinks: Sinks
    names: NameServer
    allowed: Allowed


def _unshare() -> list[str]:
    return ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), *_WALLS]


def lacking() -> str:
    """Why the figures of the room cannot run on this machine; "" where they can."""
    for tool in ("unshare", "ip", "mount", "strace"):
        if not shutil.which(tool):
            return f"it needs {tool} (Linux: util-linux, iproute2, strace)"
    tried = subprocess.run([*_unshare(), "ip", "link", "set", "lo", "up"], capture_output=True)
    return "" if tried.returncode == 0 else "it may not make Linux namespaces here"


def enter(module: str, *, short: bool, seed: int) -> Outcome:
    """Run `module.attack` in a room of its own and bring its outcome back."""
    reason = lacking()
    figure = importlib.import_module(module)
    if reason:
        line = f"{figure.FIGURE} not run: {reason}"
        return Outcome(figure=figure.FIGURE, goal=figure.GOAL, counts={}, passed=False, line=line)
    inside = [
        sys.executable,
        "-m",
        __name__,
        module,
        str(int(short)),
        str(seed),
        str(seconds_for(1.0)),
    ]
    done = subprocess.run(
        [*_unshare(), *inside], cwd=HERE, capture_output=True, text=True, timeout=LONGEST_SECONDS
    )
    found = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not found:
        raise RuntimeError(f"{figure.FIGURE} broke off: {done.stdout[-2000:]}{done.stderr[-4000:]}")
    return Outcome(**json.loads(found[-1].removeprefix(MARK)))


@contextmanager
def opened(**settings: str) -> Iterator[Room]:
    """The room with everything running in it; only inside the namespaces."""
    with tempfile.TemporaryDirectory(prefix="hookline-room-") as place:
        folder = Path(place)
        _build_walls(folder)
        certificate = outbound_certificate.make(folder / "room.pem")
        sinks, names = Sinks(certificate), NameServer()
        sinks.open()
        trusted = {"SSL_CERT_FILE": str(certificate), "ALLOW_PRIVATE_TARGETS": "0"} | PROXIES
        stack = Watched(folder, **trusted, **settings)
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
    (folder / "resolv.conf").write_text(f"nameserver {ADDRESS}\noptions timeout:2 attempts:2\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n::1 localhost ip6-localhost\n")
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
        f"ip addr add {PUBLIC}/32 dev lo",
        f"ip -6 addr add {PUBLIC6}/128 dev lo nodad",
        f"mount --bind {folder}/resolv.conf /etc/resolv.conf",
        f"mount --bind {folder}/hosts /etc/hosts",
    ):
        subprocess.run(command.split(" "), check=True)


def main() -> None:
    module, short, seed, slack = sys.argv[1:]
    give_slack(float(slack))
    # A proxy or a .netrc of the machine's must not help: the attack has the network to itself.
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        del os.environ[name]
    figure: Any = importlib.import_module(module)
    outcome: Outcome = figure.attack(short=short == "1", seed=int(seed))
    print(MARK + json.dumps(asdict(outcome)), flush=True)


if __name__ == "__main__":
    main()
