"""What the tests of upkeep share."""

from __future__ import annotations

import pytest

from integration.accounts.connections import Connection
from integration.services import Services
from integration.store import keys
from tests.jobs.history import Desk


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    own.db.sadd(keys.WORKSPACES, connection.workspace)
    return Desk(own, connection)
