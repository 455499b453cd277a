"""The two starts: `run` with everything that this machine needs, and `start` for one dyno."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from launch import embedded, procfile, readiness, services
from launch.banner import banner
from launch.errors import LaunchError
from launch.log import Log
from launch.parent_death import Guard
from launch.signals import Signals
from launch.sockets import listens
from launch.state import locked, write_private
from launch.supervise import Supervisor
from launch.surroundings import Surroundings, basics, for_run, given

LOADING_LIMIT = 600.0  # seconds; a large append-only file takes its time
READY_LIMIT = 120.0  # seconds; a cold start on a busy small machine takes ten
SHARED = (
    *("REDIS_URL", "SECRET_KEY", "OLD_SECRET_KEYS", "PUBLIC_URL", "HOST", "PORT"),
    *("ALLOW_PRIVATE_TARGETS", "SANDBOX", "SANDBOX_URL"),
    *("DEFAULT_REGION", "RETENTION_DAYS", "STORE_REPLICAS"),
)
"""Settings that decide what a command does and how it reads what it is given."""


def run(environment: Mapping[str, str], root: Path, state: Path) -> None:
    """Data server, sandbox and the Procfile's processes, until a signal stops them.

    Raises:
        LaunchError: something did not come up; nothing is left running.
    """
    commands = procfile.read(root / "Procfile")
    with locked(state):
        here = for_run(environment, root, state)
        shared = state / "environment"
        supervisor, guard = _supervisor()
        try:
            children = {**here.environment, "REDIS_URL": _data_server(supervisor, here, state)}
            write_private(shared, _as_shell(children))
            if here.sandbox_port is not None:
                supervisor.start(services.sandbox(here.sandbox_port, children, root, state))
            _start_processes(supervisor, commands, children, root)
            if _wait_until_ready(supervisor, here):
                supervisor.log.plain(banner(here))
            supervisor.run()
        finally:
            supervisor.stop()
            guard.close()
            shared.unlink(missing_ok=True)


def start(environment: Mapping[str, str], root: Path) -> None:
    """The Procfile's processes alone, for a platform that gives us a single small dyno.

    Raises:
        LaunchError: REDIS_URL or SECRET_KEY is missing, or the release command failed.
    """
    for name in ("REDIS_URL", "SECRET_KEY"):
        if not given(environment, name):
            raise LaunchError(f"{name} is not set; `start` needs it. `make run` makes its own.")
    commands = procfile.read(root / "Procfile")
    supervisor, guard = _supervisor()
    try:
        # A platform restarts what fails at its start, and Redis may be away just now.
        supervisor.strict = False
        _start_processes(supervisor, commands, basics(environment, root), root)
        supervisor.run()
    finally:
        supervisor.stop()
        guard.close()


def _supervisor() -> tuple[Supervisor, Guard]:
    guard = Guard()
    return Supervisor(Log(), Signals(), guard), guard


def _data_server(supervisor: Supervisor, here: Surroundings, state: Path) -> str:
    """The URL of the server that keeps the data; ours is up and has read its file."""
    if given(here.environment, "REDIS_URL"):
        return here.environment.get("REDIS_URL", "")
    server = embedded.prepare(state / "redis", here.environment)
    supervisor.start(server.service)
    up = supervisor.wait_until(lambda: embedded.answers(server.url), LOADING_LIMIT)
    if not up and not supervisor.stopping:
        raise LaunchError(f"The data server did not read its file within {LOADING_LIMIT:g} s.")
    return server.url


def _start_processes(
    supervisor: Supervisor, commands: Mapping[str, str], children: Mapping[str, str], root: Path
) -> None:
    wanted = services.from_procfile(commands, children, root)
    release = wanted.pop("release", None)
    if release is not None:
        supervisor.run_to_end(release)
    for service in wanted.values():
        supervisor.start(service)


def _wait_until_ready(supervisor: Supervisor, here: Surroundings) -> bool:
    """True when everything answers; False when we were asked to stop meanwhile."""
    last: list[str] = []

    def ready() -> bool:
        refusal = readiness.refusal(here.web)
        last[:] = [refusal or "the sandbox does not answer"]
        return refusal is None and (here.sandbox_port is None or listens(here.sandbox_port))

    if supervisor.wait_until(ready, READY_LIMIT):
        return True
    if supervisor.stopping:
        return False
    raise LaunchError(
        f"{here.web}/readyz did not become ready within {READY_LIMIT:g} s: {last[0]}."
        " What the processes said is above."
    )


def _as_shell(children: Mapping[str, str]) -> str:
    """What `hookline` in another terminal needs to reach the same data: lines `NAME=value`, between
    two by which a shell exports them."""
    names = [name for each in SHARED for name in (each, f"{each}_FILE")]
    lines = [f"{name}={quote(children[name])}" for name in names if children.get(name)]
    return "\n".join(["set -a", *lines, "set +a", ""])
