"""Fixtures: somebody signed in to the console, and a browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient

from integration.accounts import api_keys
from integration.accounts.workspaces import DEFAULT
from integration.app import create
from integration.services import Services
from integration.store import keys
from proofs.rig.stack import Stack, World
from tests.console.browser import Browser, Chromium
from tests.console.visitor import Page, Visitor


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Visitor]:
    coming = Visitor(stack)
    yield coming
    coming.web.close()
    stack.forgive()


@pytest.fixture
def user(visitor: Visitor, world: World) -> Visitor:
    """Signed in to `world` with its key."""
    assert visitor.sign_in(world.key).ok
    return visitor


@pytest.fixture
def browser(chromium: Chromium, stack: Stack) -> Iterator[Browser]:
    opened = Browser(chromium, stack.url)
    yield opened
    opened.close()


@pytest.fixture
def admin(own: Services) -> Iterator[FlaskClient]:
    """Signed in to the console as one who may do everything."""
    with entered(own) as client:
        yield client


@contextmanager
def entered(
    own: Services, workspace: str = DEFAULT, scopes: Sequence[str] = api_keys.SCOPES
) -> Iterator[FlaskClient]:
    """Somebody who is signed in to the console of a workspace, and may do so much."""
    own.db.sadd(keys.WORKSPACES, workspace)
    key = api_keys.create(own.db, workspace, "Admin", scopes=scopes)[1]
    with create(own).test_client() as client:
        forms = Page(client.get("/console/sign-in").text).forms.values()
        csrf = next(str(each["csrf"]) for each in forms if each.get("csrf"))
        client.post("/console/sign-in", data={"csrf": csrf, "key": key})
        yield client
