"""The room: a network and a name server of our own, in which a figure runs with all it starts.

Linux namespaces (network, mounts, processes): `/etc/resolv.conf` names our name server there,
our certificate is trusted, no other network is reached, and nothing outlives the figure.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import certifi

from proofs.attacks import outbound_certificate
from proofs.chaos.fault_names import host
from proofs.chaos.figure import Result
from proofs.rig import checkout

NAMES = "127.0.0.53:53"
MARK = "result "
_WALLS = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def lacking() -> str:
    """Why there can be no room on this machine; "" where there can."""
    for tool in ("unshare", "ip", "mount"):
        if not shutil.which(tool):
            return f"it needs {tool} (Linux: util-linux, iproute2)"
    tried = subprocess.run([*_unshare(), "ip", "link", "set", "lo", "up"], capture_output=True)
    return "" if tried.returncode == 0 else "it may not make Linux namespaces here"


def enter(module: str, size: Any, seed: int) -> Result:
    """Run `module.inside(size, seed, certificate)` in a room and bring its result back."""
    with tempfile.TemporaryDirectory(prefix="hookline-room-") as folder:
        given = json.dumps([module, asdict(size), seed, folder])
        command = [*_unshare(), sys.executable, "-m", __name__, given]
        code, output = checkout.run(command, checkout.ROOT, None, stdout=subprocess.PIPE)
    found = [line for line in output.splitlines() if line.startswith(MARK)]
    if not found:
        raise RuntimeError(f"{module} broke off with {code}: {output[-2000:]}")
    told = json.loads(found[-1].removeprefix(MARK))
    return Result(**{name: tuple(x) if isinstance(x, list) else x for name, x in told.items()})


def _unshare() -> list[str]:
    return ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), *_WALLS]


def _build_walls(folder: Path) -> Path:
    """Gives back the certificate that is trusted in here."""
    certificate = outbound_certificate.make(folder / "room.pem", (host("*"),))
    (folder / "resolv.conf").write_text(f"nameserver {NAMES.partition(':')[0]}\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n")
    (folder / "nsswitch.conf").write_text("hosts: files dns\n")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    places = {Path("/etc", name): folder / name for name in ("resolv.conf", "hosts")}
    # Elsewhere a resolver that lives outside could be asked before ours.
    places[Path("/etc/nsswitch.conf")] = folder / "nsswitch.conf"
    # `requests` trusts certifi's list alone.
    places[Path(certifi.where())] = certificate
    for place, ours in places.items():
        if place.exists():
            subprocess.run(["mount", "--bind", str(ours), str(place.resolve())], check=True)
    # aiohttp trusts the system's.
    os.environ["SSL_CERT_FILE"] = str(certificate)
    return certificate


def main() -> None:
    module, size, seed, folder = json.loads(sys.argv[1])
    checkout.end_cleanly()
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        del os.environ[name]
    certificate = _build_walls(Path(folder))
    figure: Any = importlib.import_module(module)
    result: Result = figure.inside(figure.Size(**size), seed, certificate)
    print(MARK + json.dumps(asdict(result)), flush=True)


if __name__ == "__main__":
    main()
