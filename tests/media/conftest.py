"""A provider's server with pictures, and services that others reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.accounts.connections import Connection
from integration.runtime import stopping
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import WORKSPACE
from tests.media.keeper import public, twilio
from tests.media.servers import Server


@pytest.fixture
def reached(own: Services) -> Services:
    """The services of a process that others reach."""
    made = public(own)
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    stopping.use(made)
    return made


@pytest.fixture
def home() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def account(reached: Services, home: Server) -> Connection:
    return twilio(reached, home.base)
