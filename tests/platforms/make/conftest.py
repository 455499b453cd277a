"""The compiled app, and a user of it who is connected to the running service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration import discovery
from proofs.rig.stack import World
from tests.platforms.make.app import App
from tests.platforms.make.runtime import Connection, Make


@pytest.fixture(scope="session")
def app() -> App:
    catalog = discovery.load()
    return App(catalog.platform("make").compile(catalog, "https://sms.example.com"))


@pytest.fixture
def make(app: App) -> Iterator[Make]:
    user = Make(app)
    yield user
    user.close()


@pytest.fixture
def connection(make: Make, world: World) -> Connection:
    return make.connect(baseUrl=world.stack.url, apiKey=world.key)
