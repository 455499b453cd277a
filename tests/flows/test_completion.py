"""What shells complete: made from the commands, so that none is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from integration.cli.commands import COMMANDS
from integration.cli.main import ALONE, main

VERB = re.compile(r' +"/[a-z-]+/[a-z-]+ "\*\)')
"""What the script for bash offers behind a verb."""
SHELLS = ("bash", "zsh", "fish")
ASK = """
source "$1"; shift
COMP_WORDS=(hookline "$@"); COMP_CWORD=$#
_hookline; printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", "bash"]) == 0
    path = tmp_path / "completion.bash"
    path.write_text(capsys.readouterr().out)
    return path


def offered(script: Path, *words: str) -> set[str]:
    asked = ["bash", "-c", ASK, "bash", str(script), *words]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)
    assert told.stderr == ""
    return set(told.stdout.split())


def test_bash_completes_commands_verbs_options_and_values(script: Path) -> None:
    assert {"jobs", "hooks", "backup", "login-link"} <= offered(script, "")
    assert offered(script, "log") == {"login-link"}
    assert {"list", "retry"} <= offered(script, "jobs", "")
    assert "--status" in offered(script, "jobs", "list", "--")
    assert {"unknown", "failed"} <= offered(script, "jobs", "list", "--status", "")
    assert offered(script, "jobs", "list", "--status", "unk") == {"unknown"}
    assert offered(script, "jobs", "list", "--workspace", "jobs", "--lim") == {"--limit"}
    assert offered(script, "completion", "z") == {"zsh"}


def test_every_command_of_a_noun_takes_json(script: Path) -> None:
    lines = [each for each in script.read_text().splitlines() if VERB.match(each)]
    assert len(lines) > len(COMMANDS)
    assert [each for each in lines if "--json" not in each] == []


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_is_in_the_script_of_every_shell(
    shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    missing = [each for each in (*ALONE, *COMMANDS) if f"/{each}" not in script]
    assert missing == []
    if shutil.which(shell):
        path = tmp_path / "script"
        path.write_text(script)
        subprocess.run([shell, "-n", str(path)], timeout=60, check=True)
