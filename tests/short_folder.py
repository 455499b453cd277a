"""A folder whose sockets the system takes, also where TMPDIR is a long path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from launch.embedded import LONGEST_SOCKET_PATH


@contextmanager
def short_folder(given: Path, socket: str) -> Iterator[Path]:
    """The folder itself, or one of its own in /tmp where the path of `socket` in it is too long."""
    if len(os.fsencode(given / socket)) <= LONGEST_SOCKET_PATH:
        yield given
        return
    with TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as made:
        yield Path(made)
