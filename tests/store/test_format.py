"""The store says in which format it is written, and an older release keeps its hands off it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from integration.accounts import bootstrap
from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.store import durability, keys
from integration.store.format import FORMAT, claim
from proofs.rig.ports import free_port
from proofs.rig.sandbox import ROOT


@pytest.mark.parametrize("before", [None, "0", str(FORMAT), "", "nonsense"])
def test_a_store_without_a_newer_format_gets_ours(own: Services, before: str | None) -> None:
    if before is not None:
        own.db.set(keys.FORMAT, before)
    claim(own.db)
    assert own.db.get(keys.FORMAT) == str(FORMAT)


def test_a_store_of_a_newer_release_is_refused_and_left_as_it_is(own: Services) -> None:
    own.db.set(keys.FORMAT, FORMAT + 1)
    with pytest.raises(SettingsError, match=f"format {FORMAT + 1}.*Run that release"):
        durability.at_start(own.db)
    assert own.db.get(keys.FORMAT) == str(FORMAT + 1)


def test_a_format_of_another_type_is_refused_with_its_cause(own: Services) -> None:
    own.db.hset(keys.FORMAT, "number", FORMAT)
    with pytest.raises(SettingsError, match=r"hl:format is a hash.*REDIS_URL names Hookline's own"):
        durability.at_start(own.db)
    assert own.db.hgetall(keys.FORMAT) == {"number": str(FORMAT)}


def test_an_emptied_store_gets_its_format_with_everything_else(own: Services) -> None:
    bootstrap.ensure(own)
    assert own.db.get(keys.FORMAT) == str(FORMAT)


STARTS = {
    "web": ["gunicorn", "-c", "python:integration.runtime.gunicorn_conf", "wsgi:application"],
    "worker": ["integration.worker"],
    "scheduler": ["integration.scheduler"],
    "background": ["integration.background"],
    "release": ["integration.cli", "release"],
}


@pytest.mark.parametrize("process", STARTS)
def test_every_process_stops_at_a_newer_format_with_one_line(own: Services, process: str) -> None:
    own.db.set(keys.FORMAT, FORMAT + 1)
    given = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": "s" * 32, "PORT": str(free_port())}
    ended = subprocess.run(
        [sys.executable, "-m", *STARTS[process]],
        cwd=ROOT,
        env=os.environ | given,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode != 0
    told = [line for line in ended.stderr.splitlines() if "newer release" in line]
    assert len(told) == 1, ended.stderr
    assert "docs/upgrading.md" in told[0]
    assert "Traceback" not in ended.stderr
