"""The events half over a real data server, without any other process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from redis.exceptions import RedisError

from integration import services
from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound import inbox
from integration.kernel.events import InboundMessage
from integration.services import Services
from integration.settings import Settings
from launch import embedded
from proofs.rig.sandbox import until

WORKSPACE = "w"


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("events")
    server = embedded.prepare(folder, dict(os.environ))
    with (folder / "server.log").open("wb") as log:
        running = subprocess.Popen(list(server.service.command), stdout=log, stderr=log)
    yield server.url
    running.terminate()
    running.wait(30)


@pytest.fixture
def own(store_url: str) -> Iterator[Services]:
    """Services over an empty store that keep five events."""
    settings = Settings(redis_url=store_url, secret_key="0123456789abcdef" * 2, retention_events=5)
    found = services.build(settings)
    until(lambda: _emptied(found), "the data server")
    yield found
    found.db.close()
    found.raw.close()


def _emptied(found: Services) -> bool:
    try:
        return bool(found.db.flushall())
    except RedisError:
        return False


@pytest.fixture
def connection(own: Services) -> Connection:
    given = {"api_key": "pf_nothing", "base_url": "http://127.0.0.1:9"}
    made = connections.make(
        workspace=WORKSPACE, provider="pairfon", label="Pairfon", settings=given
    )
    connections.save(own, made)
    return made


def receive(own: Services, connection: Connection, *texts: str) -> list[str]:
    """Commit messages as a webhook would; gives back their ids."""
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    found = [
        InboundMessage(provider_id=text, phone="+14155550123", message=text, received_at=at)
        for text in texts
    ]
    return inbox.commit(own, connection, found, "webhook")
