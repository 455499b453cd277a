"""The files that platforms read: they parse, and say the same as the Procfile and each other."""

from __future__ import annotations

import configparser
import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are one more pin

from integration.settings import Settings
from launch import procfile
from tests.deploy.dockerfile import ROOT, kept, steps

STARTS_ALL = ["python", "-m", "launch", "start"]
DOCKERFILE = steps((ROOT / "Dockerfile").read_text())


def instruction(word: str) -> str:
    [found] = [rest for each, rest in DOCKERFILE if each == word]
    return found


def blueprint(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def test_the_image_runs_as_nobody_known_and_needs_no_compiler() -> None:
    assert int(instruction("USER").partition(":")[0]) > 0
    assert json.loads(instruction("CMD")) == STARTS_ALL
    assert "/healthz" in instruction("HEALTHCHECK")
    installing = " ".join(rest for word, rest in DOCKERFILE if word == "RUN")
    assert "--only-binary :all:" in installing
    assert "--require-hashes" in installing
    assert "apt-get" not in installing


def test_the_image_holds_every_room_that_runs_and_no_other() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    rooms = {each.partition("/")[0] for each in tracked.stdout.splitlines() if each.endswith(".py")}
    apart = {"proofs", "tests", "sandbox", "docs"}
    # The console shows the guides.
    more = {"Procfile", "requirements.txt", "docs/platforms"}
    assert set(kept()) == (rooms - apart) | more


def test_one_version_of_python_is_named_everywhere() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    assert instruction("FROM").startswith(f"python:{version}-slim")
    assert f'requires-python = ">={version}"' in (ROOT / "pyproject.toml").read_text()


def test_the_store_of_compose_keeps_everything_and_the_service_writes_nothing() -> None:
    services = blueprint("compose.yaml")["services"]
    hookline, store = services["hookline"], services["store"]
    assert hookline["read_only"] is True
    assert hookline["cap_drop"] == ["ALL"]
    assert "--appendonly yes" in store["command"]
    assert "--maxmemory-policy noeviction" in store["command"]
    assert store["volumes"] == ["store:/data"]
    plain = [name for name, each in services.items() if not each.get("profiles")]
    assert plain == ["hookline", "store"]


def test_render_has_a_store_that_evicts_nothing_and_one_secret_key() -> None:
    found = blueprint("render.yaml")
    store, web = found["services"]
    assert (store["type"], store["maxmemoryPolicy"]) == ("keyvalue", "noeviction")
    assert store["plan"] != "free"
    assert web["startCommand"].split() == STARTS_ALL
    assert web["healthCheckPath"] == "/healthz"
    [settings] = found["envVarGroups"]
    offered = {each["key"] for each in [*settings["envVars"], *web["envVars"]] if "key" in each}
    assert {"SECRET_KEY", "REDIS_URL", "PUBLIC_URL"} <= offered
    known = {name.upper() for name in Settings.__dataclass_fields__}
    assert {each for each in offered if not each.endswith("_API_KEY")} <= known


@pytest.mark.parametrize("name", ["fly.toml", "deploy/fly-store.toml"])
def test_fly_stops_nothing_that_still_works(name: str) -> None:
    found = tomllib.loads((ROOT / name).read_text())
    assert found["kill_signal"] == "SIGTERM"
    assert found["kill_timeout"] >= 30
    if "http_service" in found:
        assert found["http_service"]["auto_stop_machines"] == "off"
        assert str(found["http_service"]["internal_port"]) == found["env"]["PORT"]
    else:
        assert "--appendonly yes" in found["processes"]["app"]


def test_caprover_builds_the_same_image() -> None:
    found = json.loads((ROOT / "captain-definition").read_text())
    assert (ROOT / found["dockerfilePath"]).samefile(ROOT / "Dockerfile")


def test_the_unit_of_systemd_starts_all_and_waits_for_an_orderly_end() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # as Python's docs say
    unit.read(ROOT / "deploy" / "hookline.service")
    service = unit["Service"]
    home = Path(service["WorkingDirectory"])
    program, *rest = service["ExecStart"].split()
    assert Path(program) == home / ".venv/bin/python"
    assert rest == STARTS_ALL[1:]
    assert int(service["TimeoutStopSec"]) > 25
    assert service["DynamicUser"] == "yes"


def test_the_procfile_has_what_the_places_start() -> None:
    assert {"web", "worker", "scheduler", "background", "release"} == set(
        procfile.read(ROOT / "Procfile")
    )
