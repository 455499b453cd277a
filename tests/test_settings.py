"""Settings: read from the environment or from files; a bad one stops the start with its mend."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration import discovery
from integration.kernel.errors import SettingsError
from integration.kernel.fields import Secret
from integration.settings import Settings, account, variable

ROOT = Path(__file__).resolve().parents[1]
GOOD = {"REDIS_URL": "redis://127.0.0.1:6379/0", "SECRET_KEY": "0123456789abcdef0123"}
PROGRAMS = {
    "wsgi": ["-c", "import wsgi"],
    "gunicorn": [
        "-m",
        "gunicorn",
        "-c",
        "python:integration.runtime.gunicorn_conf",
        "wsgi:application",
    ],
    "worker": ["-m", "integration.worker"],
    "scheduler": ["-m", "integration.scheduler"],
    "background": ["-m", "integration.background"],
    "cli": ["-m", "integration.cli", "keys", "list"],
}
BAD = {
    "PORT": ["0", "65536", "eighty", "-1", "8000.5", "²"],
    "REDIS_URL": [
        "localhost:6379",
        "http://localhost",
        "redis",
        "redis://[::1",
        "redis://a:b/0",
        "redis://",
    ],
    "SECRET_KEY": ["short"],
    "HOOKLINE_API_KEY": ["short", "hk_" + "k" * 23],
    "OLD_SECRET_KEYS": ["short", "0123456789abcdef0123,short"],
    "PUBLIC_URL": [
        "hookline.example.com",
        "ftp://example.com",
        "https://",
        "http://[::1",
        "http://a:b",
    ],
    "PAIRFON_BASE_URL": ["api.pairfon.com"],
    "CLOUD_MESSAGING_BASE_URL": ["//example.com"],
    "PAIRFON_SEND_ENDPOINT": ["fax"],
    "CLOUD_MESSAGING_SENDER_ID": ["a sender id that is far too long"],
    "SYNC_INTERVAL": ["0", "often", "86401"],
    "ALLOW_PRIVATE_TARGETS": ["maybe", "2"],
    "SANDBOX": ["si"],
    "RETENTION_DAYS": ["0", "forever"],
    "RETENTION_EVENTS": ["0", "1e5"],
    "RATE_LIMIT": ["0", "none"],
    "DEFAULT_REGION": ["XX", "Germany", "49"],
    "TRUSTED_PROXIES": ["-1", "11"],
    "WEB_CONCURRENCY": ["0", "65"],
    "WORKER_CONCURRENCY": ["0", "two"],
    "LOG_LEVEL": ["LOUD", "5"],
}


def message(env: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(env)
    return caught.value.message


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in BAD.items() for v in vs])
def test_a_bad_value_is_refused_with_its_variable_in_one_line(name: str, value: str) -> None:
    said = message({**GOOD, name: value})
    assert said.startswith(f"{name} ")
    assert "\n" not in said
    assert said.endswith(".")


def test_a_secret_is_not_repeated() -> None:
    assert "hunter2" not in message({"SECRET_KEY": "hunter2"})


def test_an_old_key_may_hold_commas_and_spaces() -> None:
    words, plain = "correct horse, battery staple", "fedcba9876543210"
    assert "double quotes" in message({"OLD_SECRET_KEYS": words})
    quoted = Settings.from_env({"OLD_SECRET_KEYS": f'"{words}" {plain}'})
    assert quoted.old_secret_keys[:2] == (words, plain)
    # Nobody can tell whether these are two keys or one.
    both = f"{plain},{plain[::-1]}"
    found = Settings.from_env({"OLD_SECRET_KEYS": both}).old_secret_keys
    assert {*found} == {plain, plain[::-1], both}
    assert Settings.from_env({"OLD_SECRET_KEYS": plain}).old_secret_keys == (plain,)


def test_without_anything_the_defaults_hold() -> None:
    found = Settings.from_env({})
    assert (found.port, found.host, found.rate_limit) == (8000, "127.0.0.1", 600)
    assert (found.sync_interval, found.retention_days, found.retention_events) == (30, 30, 100_000)
    assert not found.allow_private_targets


def test_blank_means_not_set() -> None:
    assert Settings.from_env({"PORT": " ", "PUBLIC_URL": ""}) == Settings.from_env({})


@pytest.mark.parametrize("word", ["1", "true", "YES", "on"])
def test_yes_comes_in_several_words(word: str) -> None:
    assert Settings.from_env({"ALLOW_PRIVATE_TARGETS": word}).allow_private_targets


def test_an_address_loses_its_last_slash() -> None:
    assert Settings.from_env({"PUBLIC_URL": "https://a.example/"}).public_url == "https://a.example"


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("0123456789abcdef0123\n", encoding="utf-8")
    assert Settings.from_env({"SECRET_KEY_FILE": str(path)}).secret_key == "0123456789abcdef0123"
    both = message({"SECRET_KEY_FILE": str(path), "SECRET_KEY": "0123456789abcdef0123"})
    assert "SECRET_KEY and SECRET_KEY_FILE are both set" in both
    assert "SECRET_KEY_FILE" in message({"SECRET_KEY_FILE": str(tmp_path / "missing")})
    assert "SECRET_KEY_FILE" in message({"SECRET_KEY_FILE": str(tmp_path)})


def test_a_provider_reads_each_of_its_settings_from_a_variable_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("pf_from_a_file\n", encoding="utf-8")
    for kind in discovery.load().providers.values():
        fields = kind.settings().fields.items()
        samples = {name: each.metadata["sample"] for name, each in fields}
        env = {variable(kind, name): sample for name, sample in samples.items()}
        samples = kind.settings().load(samples)
        assert Settings.from_env(env).providers[kind.key] == samples
        secret = next(name for name, each in fields if isinstance(each, Secret))
        key = variable(kind, secret)
        del env[key]
        found = Settings.from_env({**env, f"{key}_FILE": str(path)}).providers[kind.key]
        assert found == {**samples, secret: "pf_from_a_file"}


def test_without_its_api_key_a_provider_requires_nothing() -> None:
    found = Settings.from_env({"PAIRFON_BASE_URL": "https://sms.example.com/"}).providers
    assert found["pairfon"] == {"base_url": "https://sms.example.com"}
    assert found["cloud_messaging"] == {}


def test_a_provider_that_would_read_our_own_variable_is_refused() -> None:
    class Namesake(discovery.load().providers["pairfon"]):  # type: ignore[misc]  # mypy wants a static base
        key = "hookline"

    with pytest.raises(SettingsError, match=r"providers/hookline\.py would read HOOKLINE_API_KEY"):
        account(Namesake, {})


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_cannot_start_ends_with_one_line(program: str) -> None:
    assert said(program, {}).startswith("REDIS_URL is not set")


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"REDIS_URL": GOOD["REDIS_URL"]}, "SECRET_KEY is not set"),
        ({**GOOD, "PORT": "eighty"}, "PORT must be a whole number"),
    ],
)
def test_the_one_line_names_the_variable(env: dict[str, str], says: str) -> None:
    assert said("worker", env).startswith(says)


def said(program: str, env: dict[str, str]) -> str:
    """The one line with which a program refuses to start in this environment."""
    ended = subprocess.run(
        [sys.executable, *PROGRAMS[program]],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode != 0
    [line] = ended.stderr.strip().splitlines()
    return line
