"""What the tests of syncs and back-fills share."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration.accounts.connections import Connection
from integration.services import Services
from tests.inbound.account import Looked


@pytest.fixture
def looked(own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Looked:
    """An account with one text, from before it was connected."""
    found = Looked(own, connection, monkeypatch)
    found.account.arrive("Old", late=timedelta(hours=1))
    found.sync()
    return found
