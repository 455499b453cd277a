"""Linux namespaces in which a figure runs: a network, mounts and processes of its own.

No other network is reached from inside, and no process outlives the figure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofs.rig import checkout
from proofs.rig.sandbox import ROOT

MARK = "result "
_WALLS = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def lacking(*more: str) -> str:
    """Why this machine cannot make namespaces or lacks a tool; "" where it can."""
    for tool in ("unshare", "ip", "mount", *more):
        if not shutil.which(tool):
            return f"it needs {tool} (Linux: {', '.join(('util-linux', 'iproute2', *more))})"
    tried = subprocess.run([*_unshare(), "ip", "link", "set", "lo", "up"], capture_output=True)
    return "" if tried.returncode == 0 else "it may not make Linux namespaces here"


def enter(program: str, given: object, limit: float | None = None) -> Any:
    """Run a module inside; returns what it hands to `leave`, raises RuntimeError without that.

    The module gets `given` as JSON in its only argument; `limit` is in seconds.
    """
    command = [*_unshare(), sys.executable, "-m", program, json.dumps(given)]
    code, output = checkout.run(command, ROOT, limit, stdout=subprocess.PIPE)
    found = [line for line in output.splitlines() if line.startswith(MARK)]
    if not found:
        raise RuntimeError(f"{program} broke off with {code} for {given}: {output[-2000:]}")
    return json.loads(found[-1].removeprefix(MARK))


def given() -> Any:
    """Inside: the argument of `enter`. The machine's proxies are switched off."""
    checkout.end_cleanly()
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        del os.environ[name]
    return json.loads(sys.argv[1])


def leave(result: object) -> None:
    """Inside: hand the result out."""
    print(MARK + json.dumps(result), flush=True)


def replace(folder: Path, texts: Mapping[str, str]) -> None:
    """Inside: let files such as /etc/hosts say something else; `folder` keeps the new texts."""
    for name, text in texts.items():
        ours, place = folder / Path(name).name, Path(name)
        ours.write_text(text)
        if place.exists():
            cover(ours, place)


def cover(ours: Path, place: Path) -> None:
    """Inside: every program that opens `place` reads our file."""
    subprocess.run(["mount", "--bind", str(ours), str(place.resolve())], check=True)


def run(command: str) -> None:
    """Inside: a command that may shape this network; raises CalledProcessError."""
    subprocess.run(command.split(), check=True)


def _unshare() -> list[str]:
    return ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), *_WALLS]
