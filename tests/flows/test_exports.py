"""Apps for the platforms, as users get them: the API, the command line, the console."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
import requests

from integration import discovery
from integration.kernel.catalog import dashed
from proofs.rig.stack import Stack, World
from tests.flows.command_line import hookline

KEYS = [dashed(key) for key in discovery.load().platforms]
BASE = "https://sms.example.com"


def exported(*words: str, at: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """`hookline export`, with no setting at all: it needs neither store nor secret."""
    return hookline(("export", *words), {}, cwd=at, code=code)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("key", KEYS)
def test_the_command_writes_what_the_api_gives(
    key: str, stack: Stack, world: World, tmp_path: Path
) -> None:
    answer = requests.get(
        f"{stack.url}/v1/platforms/{key}", headers={"X-API-Key": world.key}, timeout=90
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert f'filename="hookline-{key}.zip"' in answer.headers["Content-Disposition"]
    said = exported(key, "--base-url", stack.url + "/", "--out", "app", at=tmp_path)
    written = {
        f"hookline-{key}/{path.relative_to(tmp_path / 'app')}": path.read_bytes()
        for path in (tmp_path / "app").rglob("*")
        if path.is_file()
    }
    assert written
    assert unpacked(answer.content) == written
    assert len(said.stdout.splitlines()) == len(written)


def test_without_a_folder_it_writes_one_named_after_the_platform(tmp_path: Path) -> None:
    exported("openapi", "--base-url", BASE, at=tmp_path)
    document = json.loads((tmp_path / "hookline-openapi" / "openapi.json").read_text())
    assert document["servers"] == [{"url": BASE}]
    assert "/v1/hooks" in document["paths"]


def test_an_unknown_platform_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    said = exported("zapper", at=tmp_path, code=1).stderr
    assert said == f"There is no platform called 'zapper'. Known: {', '.join(KEYS)}.\n"


def test_a_malformed_base_url_is_refused(tmp_path: Path) -> None:
    said = exported("openapi", "--base-url", "sms.example.com", at=tmp_path, code=1).stderr
    assert said.startswith("--base-url must be an address such as https://")


def test_the_list_names_every_platform_with_its_files(world: World) -> None:
    found = world.get("/v1/platforms")
    assert [each["key"] for each in found["data"]] == KEYS
    assert all(each["files"] and each["label"] and each["description"] for each in found["data"])


def test_a_platform_needs_a_key(stack: Stack) -> None:
    assert requests.get(f"{stack.url}/v1/platforms/openapi", timeout=90).status_code == 401
