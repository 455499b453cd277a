"""Reads a Procfile, so that this machine runs the commands that a platform runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from launch.errors import LaunchError

_ENTRY = re.compile(r"(?P<name>[A-Za-z0-9_-]+)\s*:\s*(?P<command>\S.*)")
_NEEDS_SHELL = re.compile(r"[;&|<>()`\n]|^\w+=")


def read(path: Path) -> dict[str, str]:
    """Command by process name, in the file's order.

    Raises:
        LaunchError: no such file, a line that is not `name: command`, or an open quote.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LaunchError(
            f"{path} cannot be read ({error.strerror}). Start in Hookline's own folder."
        ) from error
    entries = (line.strip() for line in text.splitlines())
    return dict(_entry(path, line) for line in entries if line and not line.startswith("#"))


def _entry(path: Path, line: str) -> tuple[str, str]:
    found = _ENTRY.fullmatch(line)
    if found is None:
        raise LaunchError(
            f"{path} has the line {line!r}, which is not of the form `name: command`."
        )
    try:
        shlex.split(found["command"])
    except ValueError as error:
        raise LaunchError(f"{path}: the quotes of {found['name']} do not close.") from error
    return found["name"], found["command"]


def shell(command: str) -> tuple[str, ...]:
    """The command as a shell would run it, `$PORT` and quotes included.

    With `exec` the shell is replaced, so that signals reach the process itself. A command of
    several parts, or one that sets variables, cannot be replaced and keeps its shell.
    """
    return ("sh", "-c", command if _NEEDS_SHELL.search(command) else f"exec {command}")
