"""What was given stays, what is missing is made once, and what is wrong is said in a sentence."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from integration import discovery
from launch.surroundings import ACCOUNT
from tests.launch.conftest import Launch, Launched
from tests.launch.waiting import until

SHOW = "show: env; echo SHOWN=all; while true; do sleep 600; done\n"
SANDBOX = """
def application(environ, start_response):
    start_response("200 OK", [])
    return [b"a handset"]
"""


def _settings(running: Launched) -> dict[str, str]:
    """What the process `show` got to see."""
    until(lambda: "SHOWN=all" in running.said, lambda: running.said)
    lines = re.findall(r"^\S+ show +\| (\w+)=(.*)$", running.said, re.MULTILINE)
    return dict(lines)


@pytest.fixture
def showing(folder: Path) -> Path:
    with (folder / "Procfile").open("a") as procfile:
        procfile.write(SHOW)
    return folder


def test_secret_and_api_key_are_made_once_and_kept(launch: Launch, showing: Path) -> None:
    seen = []
    for _ in range(2):
        running = launch().ready()
        settings = _settings(running)
        seen.append({name: settings[name] for name in ("SECRET_KEY", "HOOKLINE_API_KEY")})
        running.stop()
    assert seen[0] == seen[1]
    assert len(seen[0]["SECRET_KEY"]) >= 32
    assert re.fullmatch(r"hk_[A-Za-z0-9_-]{40}", seen[0]["HOOKLINE_API_KEY"])
    assert f"Authorization: Bearer {seen[0]['HOOKLINE_API_KEY']}" in running.said


def test_what_was_given_is_passed_on_and_a_given_key_is_not_shown(
    launch: Launch, folder: Path
) -> None:
    running = launch(
        HOOKLINE_API_KEY="hk_mine_" + "x" * 24, SECRET_KEY="s" * 32, PUBLIC_URL="https://x.example"
    )
    running.ready().stop()
    assert "hk_mine" not in running.said
    assert "Bearer $HOOKLINE_API_KEY" in running.said
    assert not (folder / ".hookline" / "secret-key").exists()


def test_without_a_provider_key_the_sandbox_runs_and_everybody_knows_its_address(
    launch: Launch, showing: Path
) -> None:
    (showing / "sandbox").mkdir()
    (showing / "sandbox" / "__init__.py").touch()
    (showing / "sandbox" / "wsgi.py").write_text(SANDBOX)
    addresses = set()
    for _ in range(2):
        running = launch(ACME_API_KEY="").ready()
        settings = _settings(running)
        with urlopen(settings["SANDBOX_URL"]) as answer:
            assert answer.read() == b"a handset"
        assert f"Handset   {settings['SANDBOX_URL']}/" in running.said
        assert settings["SANDBOX"] == "1"
        assert settings["PUBLIC_URL"] == f"http://127.0.0.1:{running.port}"
        assert settings["ALLOW_PRIVATE_TARGETS"] == "1"
        addresses.add(settings["SANDBOX_URL"])
        running.stop()
    assert len(addresses) == 1


@pytest.mark.parametrize("named", ["API_KEY", "ACCOUNT_SID"])
def test_with_a_providers_account_there_is_no_sandbox(
    launch: Launch, showing: Path, named: str
) -> None:
    settings = _settings(launch(**{"ACME_API_KEY": "", f"ACME_{named}": "given"}).ready())
    assert "SANDBOX_URL" not in settings
    assert "PUBLIC_URL" not in settings


def test_what_every_provider_requires_names_its_account() -> None:
    for kind in discovery.load().providers.values():
        assert {each.upper() for each in kind.required()} & {*ACCOUNT}, kind.key


def test_a_port_that_is_taken_is_named_with_the_mend(launch: Launch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = launch(PORT=str(port))
        assert running.end() == 1
    assert f"port {port}" in running.said
    assert "PORT=8080 make run" in running.said
    assert len(running.said.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PORT", "eighty"), ("PORT", "0"), ("PORT", "65536")),
        *(("SANDBOX", "maybe"), ("HOST", "nowhere.invalid"), ("HOST", "192.0.2.1")),
    ],
)
def test_a_bad_setting_is_named_in_one_line(launch: Launch, name: str, value: str) -> None:
    running = launch(**{name: value})
    assert running.end() == 1
    assert running.said.startswith(f"Hookline: {name} must be ")
    assert len(running.said.splitlines()) == 1


def test_the_shared_settings_are_there_for_a_second_terminal_while_it_runs(
    launch: Launch, folder: Path
) -> None:
    (folder / "key").write_text("s" * 32)
    running = launch(
        PUBLIC_URL="https://it's.example", DEFAULT_REGION="US", SECRET_KEY_FILE=str(folder / "key")
    ).ready()
    shared = folder / ".hookline" / "environment"
    child = 'echo "$PUBLIC_URL $DEFAULT_REGION $SECRET_KEY_FILE $REDIS_URL"'
    script = f". \"$0\"; sh -c '{child}'"
    shown = subprocess.run(["sh", "-c", script, shared], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith(f"https://it's.example US {folder / 'key'} unix://")
    assert "DEFAULT_REGION=US" in shared.read_text().splitlines()
    running.stop()
    assert not shared.exists()


def test_a_blank_folder_for_the_state_is_the_usual_one(launch: Launch, folder: Path) -> None:
    launch(HOOKLINE_STATE="").ready().stop()
    assert (folder / ".hookline" / "api-key").exists()
    assert not (folder / "api-key").exists()
