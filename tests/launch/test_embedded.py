"""The embedded server keeps the data, belongs to one launcher, and is reached by nobody else."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import psutil
import pytest
import redis

from launch import embedded
from launch.errors import LaunchError
from tests.launch.conftest import Launch, Launched, gone
from tests.launch.waiting import until


def _address(state: Path) -> str:
    return (state / "redis" / "address").read_text()


def _client(state: Path) -> redis.Redis:
    return redis.Redis.from_url(_address(state), decode_responses=True)


def _server(running: Launched) -> psutil.Process:
    return next(each for each in running.family() if "server" in each.name())


def test_what_was_acknowledged_is_there_after_the_server_was_killed(
    launch: Launch, folder: Path
) -> None:
    running = launch().ready()
    with _client(folder / ".hookline") as client:
        for number in range(500):
            client.set(f"key:{number}", number)
    killed = _server(running)
    killed.send_signal(signal.SIGKILL)
    gone([killed])
    until(lambda: embedded.answers(_address(folder / ".hookline")), lambda: running.said)
    with _client(folder / ".hookline") as client:
        assert client.dbsize() == 500


def test_what_was_acknowledged_is_there_after_the_launcher_was_killed_or_stopped(
    launch: Launch, folder: Path
) -> None:
    for number, end in enumerate((signal.SIGKILL, signal.SIGTERM)):
        running = launch().ready()
        with _client(folder / ".hookline") as client:
            assert client.dbsize() == number
            client.set(f"key:{number}", number)
        running.process.send_signal(end)
        running.end()
    launch().ready()
    with _client(folder / ".hookline") as client:
        assert client.dbsize() == 2


def test_the_server_writes_everything_down_and_throws_nothing_out(
    launch: Launch, folder: Path
) -> None:
    launch().ready()
    with _client(folder / ".hookline") as client:
        settings = client.config_get("*")
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "always"
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["port"] == "0"


def test_only_this_user_can_reach_the_server_and_read_its_secrets(
    launch: Launch, folder: Path
) -> None:
    launch().ready()
    state = folder / ".hookline"
    private = ["redis", "redis/redis.sock", "redis/server.conf", "redis/address", "secret-key"]
    private += ["api-key", "environment"]
    open_to_others = [name for name in private if (state / name).stat().st_mode & 0o077]
    assert open_to_others == []


def test_a_second_start_in_the_same_folder_says_so(launch: Launch) -> None:
    first = launch().ready()
    second = launch()
    assert second.end() == 1
    assert f"Hookline: Another one already runs here (process {first.process.pid}," in second.said
    assert len(second.said.splitlines()) == 1
    assert first.process.poll() is None


def test_a_server_that_was_left_behind_is_stopped_and_its_data_kept(
    launch: Launch, folder: Path
) -> None:
    launch().ready().stop()
    left = subprocess.Popen(
        [embedded.find_program(""), str(folder / ".hookline/redis/server.conf")],
        stdout=subprocess.DEVNULL,
    )
    try:
        until(lambda: embedded.answers(_address(folder / ".hookline")))
        with _client(folder / ".hookline") as client:
            client.set("key", "kept")
        launch().ready()
        assert left.wait(timeout=60) == 0
    finally:
        left.kill()
    with _client(folder / ".hookline") as client:
        assert client.get("key") == "kept"


def test_a_path_too_long_for_a_socket_falls_back_to_a_port_with_a_password(
    launch: Launch, folder: Path
) -> None:
    state = folder / ("long" * 30) / "ü b"
    launch(HOOKLINE_STATE=str(state)).ready()
    address = _address(state)
    assert address.startswith("redis://:")
    with _client(state) as client:
        client.set("key", "value")
    bare = "redis://" + address.split("@")[1]
    with redis.Redis.from_url(bare) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.get("key")


def test_a_given_redis_is_used_instead(launch: Launch, folder: Path) -> None:
    running = launch(REDIS_URL="redis://127.0.0.1:1/0").ready()
    assert not any("server" in each.name() for each in running.family())
    assert not (folder / ".hookline" / "redis").exists()


def test_without_any_server_program_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(LaunchError, match="set REDIS_URL to one that runs elsewhere"):
        embedded.find_program(str(tmp_path))
