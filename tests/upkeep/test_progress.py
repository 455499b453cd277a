"""Long commands say on standard error how far they are, and at the end how much it was."""

from __future__ import annotations

import json

import pytest

from integration.accounts.connections import Connection
from integration.cli import main, progress
from integration.services import Services
from integration.store import keys
from tests.delivery.drains import receive, subscribe


@pytest.fixture
def shell(own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a command over a store with texts, and no patience."""
    own.db.sadd(keys.WORKSPACES, connection.workspace)
    subscribe(own)
    receive(own, connection, *(f"text {number}" for number in range(7)))
    made = {"REDIS_URL": own.settings.redis_url, "SECRET_KEY": own.settings.secret_key}
    monkeypatch.setattr("os.environ", made)
    monkeypatch.setattr(progress, "EVERY_SECONDS", -1.0)


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["erase", "+14155550123"], "Looked at 7 of 7 events."),
        (["rotate-secret-key"], "Looked at 3 of 3 records."),
    ],
)
def test_a_long_command_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], command: list[str], line: str
) -> None:
    assert main.main(command) == 0
    told = capsys.readouterr()
    assert line in told.err
    assert json.loads(told.out)["message"]


def test_a_short_one_says_nothing_and_a_long_one_its_total(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show = progress.shown("Copied")
    show(5, 5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "EVERY_SECONDS", -1.0)
    show(1, 5_000)
    monkeypatch.setattr(progress, "EVERY_SECONDS", 3_600.0)
    for done in (2, 4_999, 5_000):
        show(done, 5_000)
    told = capsys.readouterr().err.splitlines()
    assert told == ["Copied 1 of 5,000 keys.", "Copied 5,000 of 5,000 keys."]
