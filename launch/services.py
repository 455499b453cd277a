"""Which processes there are, and in which order they are stopped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from launch import procfile
from launch.process import Service
from launch.sockets import LOOPBACK

# Those that accept new work stop first, then those that finish it, then whom they call.
STAGES = {"web": 0, "scheduler": 0}
WORK_STAGE = 1
ONE_FOR_SEVERAL = {"background": ("worker", "scheduler")}
"""On one machine these are forked from one parent, whose memory they then share."""
SANDBOX_STAGE = 2


def from_procfile(
    commands: Mapping[str, str], environment: Mapping[str, str], root: Path
) -> dict[str, Service]:
    """A service for each process of the Procfile in the folder `root`, as one machine runs them."""
    replaced = {
        each for name in ONE_FOR_SEVERAL if name in commands for each in ONE_FOR_SEVERAL[name]
    }
    return {
        name: Service(
            name=name,
            command=procfile.shell(command),
            environment=environment,
            directory=root,
            stage=STAGES.get(name, WORK_STAGE),
        )
        for name, command in commands.items()
        if name not in replaced
    }


def sandbox(port: int, environment: Mapping[str, str], root: Path, state: Path) -> Service:
    """The sandbox provider, with one worker process since it keeps its world in memory."""
    command = (
        "gunicorn --workers 1 --worker-class gthread --threads 16 --no-control-socket"
        f" --log-level warning --bind {LOOPBACK}:{port} sandbox.wsgi:application"
    )
    return Service(
        name="sandbox",
        command=procfile.shell(command),
        environment={**environment, "SANDBOX_DATA": str(state / "sandbox")},
        directory=root,
        stage=SANDBOX_STAGE,
    )
