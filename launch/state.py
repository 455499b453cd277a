"""The state folder: its lock, and the secrets that are made once and kept in it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from launch.errors import LaunchError


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read, in one step: no reader sees half of it."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.unlink(missing_ok=True)
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    scratch.replace(path)


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text of a file, which is made at the first call and stays the same ever after."""
    if path.exists() and (text := path.read_text(encoding="utf-8").strip()):
        return text
    text = make()
    write_private(path, text + "\n")
    return text


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the state folder: two launchers on one data folder would ruin each other's data.

    The system frees the lock when the holder dies, so a lock file that lies about is harmless.

    Raises:
        LaunchError: another launcher holds it, or the folder cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(folder / "lock", "a+", encoding="utf-8")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise LaunchError(
            f"The data folder {folder} cannot be written ({error.strerror}). Mend its permissions, "
            "or set HOOKLINE_STATE to another folder."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise LaunchError(
                f"Another one already runs here (process {holder}, data in {folder}). Stop that "
                "one first, or set HOOKLINE_STATE and PORT for a second one."
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
