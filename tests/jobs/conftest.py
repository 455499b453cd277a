"""The ledger on a real data server, without any other process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from integration import services
from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.runtime import stopping
from integration.services import Services
from integration.settings import Settings
from launch import embedded
from proofs.rig.sandbox import until


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("jobs")
    server = embedded.prepare(folder, dict(os.environ))
    with (folder / "server.log").open("wb") as log:
        running = subprocess.Popen(list(server.service.command), stdout=log, stderr=log)
    yield server.url
    running.terminate()
    running.wait(30)


@pytest.fixture
def own(store_url: str) -> Iterator[Services]:
    """Services over an empty store."""
    settings = Settings(
        redis_url=store_url, secret_key="0123456789abcdef", allow_private_targets=True
    )
    found = services.build(settings)
    until(lambda: _empty(found), "the data server")
    stopping.use(found)
    yield found
    found.db.close()
    found.raw.close()


def _empty(found: Services) -> bool:
    try:
        return bool(found.db.flushall())
    except RedisError:
        return False


@pytest.fixture
def connection(own: Services) -> Connection:
    made = connections.make(
        workspace="w",
        provider="pairfon",
        label="Pairfon",
        settings={"api_key": "pf_nothing", "base_url": "http://127.0.0.1:9"},
    )
    connections.save(own, made)
    return made
