"""How a command ends whose reader, terminal or disk is not there: with a status and a sentence."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pytest

from proofs.rig.sandbox import ROOT, until
from proofs.rig.stack import Stack, World
from tests.flows.test_cli import run, told

UNREAD, STOPPED = 141, 130
FULL = Path("/dev/full")


def begun(stack: Stack, *words: str, **streams: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "integration.cli", *words],
        cwd=ROOT,
        env=stack.environment(),
        stderr=subprocess.PIPE,
        # Without the terminal from which the tests were started, and with the signals of a shell.
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **streams,
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """The exit status, and what stood on standard error."""
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors.decode()


@contextmanager
def unread() -> Iterator[int]:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


@pytest.mark.parametrize("words", [("keys", "list"), ("status",), ("backup", "-")])
def test_a_command_that_nobody_reads_any_more_ends_without_a_word(
    stack: Stack, world: World, words: tuple[str, ...]
) -> None:
    with unread() as pipe:
        assert ended(begun(stack, *words, stdout=pipe)) == (UNREAD, "")


def test_a_feed_that_nobody_reads_any_more_ends_at_its_next_row(stack: Stack, world: World) -> None:
    world.connect_pairfon()
    with unread() as pipe:
        following = begun(stack, "tail", "--workspace", world.name, stdout=pipe)
        numbers = iter(range(1_000))
        until(lambda: world.inject(f"New {next(numbers)}") and _is_over(following), "its end")
        assert ended(following) == (UNREAD, "")


def _is_over(process: subprocess.Popen[bytes]) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.5)
    return process.returncode is not None


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [("keys", "list"), ("backup", "-")])
def test_an_output_that_cannot_be_written_is_said(
    stack: Stack, world: World, words: tuple[str, ...]
) -> None:
    with FULL.open("wb") as full:
        status, said = ended(begun(stack, *words, stdout=full))
    assert (status, said) == (1, "The output cannot be written: No space left on device.\n")


@contextmanager
def terminal() -> Iterator[tuple[IO[bytes], int]]:
    """What a person types into, and the terminal that a command reads it from."""
    master, slave = pty.openpty()
    try:
        with os.fdopen(master, "wb", buffering=0, closefd=False) as keyboard:
            yield keyboard, slave
    finally:
        os.close(master)
        os.close(slave)


def asked(process: subprocess.Popen[bytes]) -> None:
    """Wait for its question."""
    assert process.stderr
    assert process.stderr.read(len("New password: ")) == b"New password: "


def test_a_person_who_types_nothing_reads_a_sentence(stack: Stack, world: World) -> None:
    with terminal() as (keyboard, screen):
        process = begun(stack, "password", stdin=screen, stdout=subprocess.DEVNULL)
        asked(process)
        keyboard.write(b"\x04")
        status, said = ended(process)
    assert (status, said.strip()) == (1, "Nothing was typed, so nothing was done.")


def test_a_person_who_stops_a_command_sees_no_traceback(stack: Stack, world: World) -> None:
    with terminal() as (_, screen):
        process = begun(stack, "password", stdin=screen, stdout=subprocess.DEVNULL)
        asked(process)
        process.send_signal(signal.SIGINT)
        status, said = ended(process)
    assert (status, said.strip()) == (STOPPED, "")


def test_a_copy_that_cannot_be_written_is_refused_with_the_reason(
    stack: Stack, world: World, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    ended = run(stack, "backup", str(tmp_path / "file" / "copy"), code=1)
    assert ended.stderr.endswith("copy cannot be written: Not a directory.\n")
    for folder in (str(tmp_path), "."):
        said = run(stack, "backup", folder, code=1).stderr
        assert said == f"{folder} is a folder; name a file in it.\n"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_is_piped_in_and_is_no_copy_is_refused_with_a_sentence(stack: Stack) -> None:
    process = begun(stack, "restore", "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin
    process.stdin.write(b"\x1f\x8b\xff\xfe\x00 something else\n")
    status, said = ended(process)
    assert status == 1
    assert said.count("\n") == 1, said
    assert "Traceback" not in said


def test_what_a_program_asks_for_is_json_also_where_it_is_nothing_or_a_sentence(
    stack: Stack, world: World
) -> None:
    place = ("--json", "--workspace", world.name)
    assert run(stack, "activity", *place).stdout == ""
    connection = world.connect_cloud()
    assert told(stack, "connections", "show", connection, *place)["id"] == connection
    assert told(stack, "connections", "pace", connection, *place) == {
        "message": "It has no pacing."
    }
    world.post("/v1/opt-outs", phone="+14155550123")
    assert [each["phone"] for each in told(stack, "opt-outs", "export", *place)] == ["+14155550123"]
    assert told(stack, "connections", "delete", connection, *place) == {"message": "Deleted."}
    assert world.name in told(stack, "workspaces", "list", "--json")
    assert json.loads(run(stack, "workers", "--json").stdout)["processes"]
