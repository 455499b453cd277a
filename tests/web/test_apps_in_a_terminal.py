"""`hookline apps show`: where an app is, and the guide of the console's page."""

from __future__ import annotations

import json
import os

import pytest

from integration.cli import main
from integration.kernel.catalog import dashed
from integration.services import Services
from integration.web.apps import guide_texts

ADDRESS = "https://texts.example.org"


@pytest.fixture
def shell(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = own.settings
    made = {"REDIS_URL": settings.redis_url, "SECRET_KEY": settings.secret_key}
    monkeypatch.setattr("os.environ", made | {"PUBLIC_URL": ADDRESS})


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main.main(["apps", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("shell")
def test_every_app_that_is_listed_shows_its_address_and_its_guide(
    own: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = json.loads(printed(capsys, "list"))
    assert {each["key"] for each in listed} == {dashed(each) for each in own.catalog.platforms}
    for each in listed:
        shown = json.loads(printed(capsys, "show", each["key"]))
        assert shown["download_url"] == f"{ADDRESS}/v1/platforms/{each['key']}"
        assert (shown["server_url"], shown["first_call_at"]) == (ADDRESS, None)
        assert shown["guide"] == guide_texts.text(each["key"], ADDRESS)
        assert guide_texts.EXAMPLE not in shown["guide"]


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("[::]", "http://127.0.0.1:8000"),
        ("[::1]", "http://[::1]:8000"),
        ("sms.local", "http://sms.local:8000"),
    ],
)
@pytest.mark.usefixtures("shell")
def test_without_a_public_address_it_names_one_that_answers_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str, server: str
) -> None:
    monkeypatch.delitem(os.environ, "PUBLIC_URL")
    monkeypatch.setitem(os.environ, "HOST", host)
    assert json.loads(printed(capsys, "show", "zapier"))["server_url"] == server


@pytest.mark.usefixtures("shell")
def test_a_person_reads_the_guide_beside_what_the_app_needs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "show", "zapier", "--table")
    assert "hookline export zapier" in text
    assert "--platform zapier --scopes read,texts,act,hooks" in text
    for step in guide_texts.steps("zapier"):
        assert step in text


@pytest.mark.usefixtures("shell")
def test_an_app_that_nobody_made_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["apps", "show", "nothing"]) == 1
    assert "nothing" in capsys.readouterr().err
