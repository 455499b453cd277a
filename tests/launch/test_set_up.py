"""`make` sets up the environment: what it says, and what it takes for done, where pip fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from proofs.rig.sandbox import ROOT

PIP = """#!/bin/sh
case " $* " in {fails}) exit 1 ;; esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout at a path with a space, whose environment was begun."""
    made = tmp_path / "a checkout"
    (made / ".venv/bin").mkdir(parents=True)
    (made / "launch").mkdir()
    shutil.copy(ROOT / "Makefile", made)
    for name in ("requirements.txt", "requirements-embedded.txt"):
        (made / name).touch()
    (made / ".venv/built-at").write_text(str(made))
    return made


def installed(checkout: Path, fails: str) -> subprocess.CompletedProcess[str]:
    """What `make` says where pip fails at the files of this pattern of a shell."""
    python = checkout / "python"
    python.write_text(PIP.format(fails=fails))
    python.chmod(0o755)
    command = ["make", ".venv/run-ready", "PY=./python"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(command, cwd=checkout, env=plain, capture_output=True, text=True)


@pytest.mark.parametrize("fails", ["*requirements*", "*embedded*|*requirements-pip*"])
def test_an_index_that_is_away_is_said_and_the_set_up_is_not_done(
    checkout: Path, fails: str
) -> None:
    made = installed(checkout, fails)
    assert made.returncode
    assert "Is the index of Python packages reachable?" in made.stderr
    assert "embedded server" not in made.stdout
    assert not (checkout / ".venv/run-ready").exists()


def test_a_system_without_an_embedded_server_is_set_up_all_the_same(checkout: Path) -> None:
    made = installed(checkout, "*embedded*")
    assert (made.returncode, made.stderr) == (0, "")
    assert "no embedded server for this system" in made.stdout
    assert (checkout / ".venv/run-ready").exists()
