"""The environment of the processes: what was given stays as it is, what is missing is made."""

from __future__ import annotations

import errno
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launch.errors import LaunchError
from launch.sockets import LOOPBACK, can_listen, free_port
from launch.state import kept

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
SANDBOX_PORT = 8001
ACCOUNT = ("API_KEY", "ACCOUNT_SID", "AUTH_ID", "USERNAME", "PRESET")
"""How the variables end that name an account of a provider: each requires one of them."""
EVERYWHERE = frozenset({"0.0.0.0", "::"})
OF_THE_PORT = (errno.EADDRINUSE, errno.EACCES)
"""Refusals that another port helps against."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the processes get to see, and what the person at the terminal needs to know."""

    environment: Mapping[str, str]
    web: str  # base URL of our own web process, as reached from this machine
    key: str  # our API key as a shell line can hold it
    sandbox: str | None  # base URL of the sandbox, None without a sandbox
    sandbox_port: int | None  # where we run it ourselves


def given(environment: Mapping[str, str], name: str) -> bool:
    """Whether a setting was given, as itself or as `NAME_FILE`."""
    return any(environment.get(each, "").strip() for each in (name, f"{name}_FILE"))


def basics(environment: Mapping[str, str], root: Path) -> dict[str, str]:
    """What every child needs: our own programs first on the path, and lines that come at once."""
    programs = str(Path(sys.executable).parent)
    path = f"{programs}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return {**environment, "PATH": path, "PYTHONUNBUFFERED": "1", "PWD": str(root)}


def for_run(environment: Mapping[str, str], root: Path, state: Path) -> Surroundings:
    """Everything that `make run` can settle before the data server is up.

    Raises:
        LaunchError: a port that is taken or no port at all, or a SANDBOX that is neither 1 nor 0.
    """
    made = basics(environment, root)
    host, port = _listening(made)
    web = f"http://{_spelled(host)}:{port}"
    made.setdefault("ALLOW_PRIVATE_TARGETS", "1")
    if not given(made, "SECRET_KEY"):
        made["SECRET_KEY"] = kept(state / "secret-key", lambda: secrets.token_urlsafe(48))
    key = _api_key(made, state)
    sandbox, sandbox_port = _sandbox(made, root, state)
    if sandbox is not None:
        made |= {"SANDBOX": "1", "SANDBOX_URL": sandbox}
        # The sandbox pushes to us as a provider would, so it has to know where we are.
        if not given(made, "PUBLIC_URL"):
            made["PUBLIC_URL"] = web
    return Surroundings(
        environment=made, web=web, key=key, sandbox=sandbox, sandbox_port=sandbox_port
    )


def _listening(made: dict[str, str]) -> tuple[str, int]:
    made["HOST"] = made.get("HOST") or LOOPBACK
    made["PORT"] = made.get("PORT") or "8000"
    host, text = made["HOST"], made["PORT"]
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise LaunchError(f"PORT must be a whole number from 1 to 65535, not {text!r}.")
    refusal = can_listen(host, int(text))
    if refusal and refusal.errno not in OF_THE_PORT:
        raise LaunchError(
            f"HOST must be an address of this machine, such as {LOOPBACK}, not {host!r}."
        )
    if refusal:
        raise LaunchError(
            f"Nothing can listen at {host}, port {text} ({refusal.strerror}). Stop what runs "
            "there, or choose another port, such as `PORT=8080 make run`."
        )
    return host, int(text)


def _spelled(host: str) -> str:
    """The host as an address that works from this machine."""
    if host in EVERYWHERE:
        return LOOPBACK
    return f"[{host}]" if ":" in host else host


def _api_key(made: dict[str, str], state: Path) -> str:
    """A key that was given is not shown: a log may be read by others than its owner."""
    if made.get("HOOKLINE_API_KEY_FILE"):
        return f"$(cat '{made['HOOKLINE_API_KEY_FILE']}')"
    if made.get("HOOKLINE_API_KEY"):
        return "$HOOKLINE_API_KEY"
    made["HOOKLINE_API_KEY"] = kept(state / "api-key", lambda: f"hk_{secrets.token_urlsafe(30)}")
    return made["HOOKLINE_API_KEY"]


def _sandbox(made: dict[str, str], root: Path, state: Path) -> tuple[str | None, int | None]:
    wish = made.get("SANDBOX", "").strip().lower()
    if wish and wish not in YES | NO:
        raise LaunchError(f"SANDBOX must be 1 or 0, not {wish!r}.")
    if wish in NO or (not wish and any(given(made, name) for name in _account_names(root))):
        return None, None
    if elsewhere := made.get("SANDBOX_URL"):
        return elsewhere, None
    port = _sandbox_port(state)
    return f"http://{LOOPBACK}:{port}", port


def _account_names(root: Path) -> list[str]:
    """The variables by which an account is named; a provider's key is the name of its file."""
    names = [path.stem for path in (root / "providers").glob("[!_.]*")]
    return [f"{name.upper()}_{ending}" for name in names for ending in ACCOUNT]


def _sandbox_port(state: Path) -> int:
    """The port of the last time: the connections that were made then still point there.

    Raises:
        LaunchError: somebody else listens there now.
    """
    file = state / "sandbox-port"
    known = file.exists()
    text = kept(file, lambda: str(_first_port()))
    if known and (not text.isdecimal() or can_listen(LOOPBACK, int(text))):
        raise LaunchError(
            f"The sandbox's port {text}, kept in {file}, is taken. Stop what listens there, or "
            "delete that file to have another one chosen."
        )
    return int(text)


def _first_port() -> int:
    return free_port() if can_listen(LOOPBACK, SANDBOX_PORT) else SANDBOX_PORT
