"""Processes beside us that end when we do."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from launch.parent_death import die_with_parent

# One thread starts them all and stays: the kernel takes the end of the thread that forked for ours.
_STARTER = ThreadPoolExecutor(1, "spawn")


def spawn(command: Sequence[str], **more: Any) -> subprocess.Popen[Any]:
    """A process in a session of its own, which the kernel kills whatever ends us, SIGKILL too.

    `more` goes to `Popen`. What that process starts is its own affair: gunicorn's workers and our
    forked duties look after their parents themselves.
    """
    more = {"start_new_session": True, "preexec_fn": die_with_parent(), **more}

    def start() -> subprocess.Popen[Any]:
        return subprocess.Popen(command, **more)

    return _STARTER.submit(start).result()
