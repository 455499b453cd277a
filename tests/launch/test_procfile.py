"""A Procfile is read as a platform reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psutil
import pytest

from launch import procfile
from launch.errors import LaunchError
from tests.launch.waiting import until


def _output(command: str) -> str:
    done = subprocess.run(
        procfile.shell(command),
        env={"PATH": "/usr/bin:/bin", "PORT": "8123"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_names_and_commands_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "Procfile"
    path.write_text("# ours\nweb: gunicorn wsgi\n\nworker:   python -m worker --name='a b'\r\n")
    assert list(procfile.read(path).items()) == [
        ("web", "gunicorn wsgi"),
        ("worker", "python -m worker --name='a b'"),
    ]


@pytest.mark.parametrize("text", ["web gunicorn", "web:", ": gunicorn", "web: echo 'open"])
def test_a_broken_line_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "Procfile"
    path.write_text(text)
    with pytest.raises(LaunchError, match="Procfile"):
        procfile.read(path)


def test_a_missing_procfile_says_where_to_start(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="Start in Hookline's own folder"):
        procfile.read(tmp_path / "Procfile")


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("echo $PORT", "8123\n"),
        ("echo \"${PORT}\" 'a  b'", "8123 a  b\n"),
        ("A=1 sh -c 'echo $A'", "1\n"),
        ("echo one; echo two", "one\ntwo\n"),
    ],
)
def test_a_command_means_what_it_means_in_a_shell(command: str, output: str) -> None:
    assert _output(command) == output


def test_the_process_takes_the_place_of_its_shell() -> None:
    process = subprocess.Popen(procfile.shell("sleep 600"))
    try:
        # The same process number now runs `sleep`; in mid-exec its name is empty for a moment.
        until(lambda: psutil.Process(process.pid).cmdline() == ["sleep", "600"])
    finally:
        process.kill()
        process.wait()
