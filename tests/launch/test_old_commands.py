"""Commands that a user's own Procfile may hold still work for a release after they moved."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from proofs.rig.sandbox import ROOT

GUNICORN = [sys.executable, "-m", "gunicorn"]
GIVEN = {"REDIS_URL": "redis://127.0.0.1:9/0", "SECRET_KEY": "s" * 32, "WEB_CONCURRENCY": "3"}


def printed(conf: str) -> list[str]:
    """gunicorn's settings as it would run with them."""
    found = subprocess.run(
        [*GUNICORN, "-c", f"python:{conf}", "--print-config", "wsgi:application"],
        cwd=ROOT,
        env=os.environ | GIVEN,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert found.returncode == 0, found.stderr
    places = ("config ", "pre_", "post_", "on_", "when_")
    return [line for line in found.stdout.splitlines() if not line.startswith(places)]


@pytest.mark.parametrize("old", ["integration.gunicorn_conf"])
def test_the_old_place_of_gunicorns_settings_gives_the_same_settings(old: str) -> None:
    now = printed("integration.runtime.gunicorn_conf")
    assert any("integration.runtime.gunicorn_worker." in line for line in now)
    assert printed(old) == now
