"""The room: a network and a name server of our own, in which a figure runs with all it starts.

`/etc/resolv.conf` names our name server there, and our certificate is trusted.
"""

from __future__ import annotations

import importlib
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import certifi

from proofs.chaos.fault_names import host
from proofs.chaos.figure import Result
from proofs.rig import certificate, namespaces

NAMES = "127.0.0.53:53"


def enter(module: str, size: Any, seed: int) -> Result:
    """Run `module.inside(size, seed, certificate)` in a room and bring its result back."""
    with tempfile.TemporaryDirectory(prefix="hookline-room-") as folder:
        result: dict[str, Any] = namespaces.enter(__name__, [module, asdict(size), seed, folder])
    lists = {name: tuple(each) for name, each in result.items() if isinstance(each, list)}
    return Result(**(result | lists))


def _build_walls(folder: Path) -> Path:
    """Returns the certificate that is trusted in here."""
    trusted = certificate.make(folder / "room.pem", (host("*"),))
    namespaces.run("ip link set lo up")
    texts = {
        "/etc/resolv.conf": f"nameserver {NAMES.partition(':')[0]}\n",
        "/etc/hosts": "127.0.0.1 localhost\n",
        # Elsewhere a resolver that lives outside could be asked before ours.
        "/etc/nsswitch.conf": "hosts: files dns\n",
    }
    namespaces.replace(folder, texts)
    # `requests` trusts certifi's list alone, aiohttp the system's.
    namespaces.cover(trusted, Path(certifi.where()))
    os.environ["SSL_CERT_FILE"] = str(trusted)
    return trusted


def main() -> None:
    module, size, seed, folder = namespaces.given()
    trusted = _build_walls(Path(folder))
    figure: Any = importlib.import_module(module)
    result: Result = figure.inside(figure.Size(**size), seed, trusted)
    namespaces.leave(asdict(result))


if __name__ == "__main__":
    main()
