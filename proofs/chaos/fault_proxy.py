"""The fault proxy: a process of its own between the service and what it talks to.

It takes commands as lines of JSON on its standard input, answers each by one, and ends with that
input.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

from proofs.chaos.fault_link import Link
from proofs.chaos.fault_names import NameServer
from proofs.chaos.fault_pair import Client
from proofs.rig.spawn import spawn

ROOT = Path(__file__).resolve().parents[2]


class FaultProxy:
    """Starts the proxy and steers it; `names` is where its name server is asked (UDP)."""

    def __init__(self, seed: int, names: str = "127.0.0.1:0") -> None:
        command = [sys.executable, "-m", "proofs.chaos.fault_proxy", str(seed), "--names", names]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = spawn(command, text=True, cwd=ROOT, **pipes)
        self.names_port = int(self._heard())

    def open(self, link: str, to: str, certificate: Path | None = None) -> int:
        """Make a link to `host:port` or a Unix socket; returns the port it is entered by."""
        return int(self._tell("open", link, to, str(certificate or "")))

    def set(self, link: str, kind: str, share: float = 1.0) -> None:
        """Strike this share of the link's exchanges; the kind "" ends it."""
        self._tell("set", link, kind, share)

    def counts(self) -> dict[str, dict[str, int]]:
        """For each link, how many exchanges were `seen` under a fault and how many `struck`."""
        return dict(self._tell("counts"))

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(120)
        self._process.stdout.close()

    def _tell(self, *words: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The fault proxy ended with {self._process.wait()}.")
        return json.loads(line)


class Switchboard:
    """What the lines ask for."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.links: dict[str, Link] = {}
        self._servers: list[asyncio.Server] = []

    async def open(self, name: str, to: str, certificate: str) -> int:
        tls = None
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
        link = self.links[name] = Link(name, to, self.seed, tls)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Client(link), "127.0.0.1", 0, backlog=1024)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def set(self, name: str, kind: str, share: float) -> None:
        self.links[name].set(kind, share)

    async def counts(self) -> dict[str, dict[str, int]]:
        return {name: link.counted() for name, link in self.links.items()}


async def serve(seed: int, names: str) -> None:
    board, loop = Switchboard(seed), asyncio.get_running_loop()
    place, _, port = names.rpartition(":")
    made = await loop.create_datagram_endpoint(
        lambda: NameServer(board.links), local_addr=(place, int(port))
    )
    print(made[0].get_extra_info("sockname")[1], flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        verb, *words = json.loads(line)
        print(json.dumps(await getattr(board, verb)(*words)), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos.fault_proxy")
    parser.add_argument("seed", type=int)
    parser.add_argument("--names", default="127.0.0.1:0", help="where the name server listens")
    options = parser.parse_args()
    asyncio.run(serve(options.seed, options.names))


if __name__ == "__main__":
    main()
