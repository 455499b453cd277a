"""A new extension of each kind works: in the API, every app, the docs page and the console."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from integration import discovery
from integration.kernel.catalog import dashed
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import Stack, World
from tests.console.visitor import Visitor
from tests.contract.new_checkout import add, copied
from tests.contract.new_kinds import KINDS

LABELS = {
    "triggers": "Order Placed by SMS",
    "actions": "Say Hello by SMS",
}
PLATFORMS = [*(dashed(key) for key in discovery.load().platforms), "acme-flow"]
ACME = {"ACME_API_KEY": "acme_of_the_environment", "ACME_PROJECT": "shop"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout with the examples, added as CONTRIBUTING.md says."""
    copy = copied(tmp_path_factory.mktemp("checkout"))
    for kind in KINDS:
        add(kind, copy)
    return copy


@pytest.fixture(scope="module")
def extended(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    running = Stack(tmp_path_factory.mktemp("extended"), checkout, **ACME)
    world = running.workspace()
    world.connect_pairfon()
    yield world
    running.stop()


@pytest.mark.parametrize("key", PLATFORMS)
def test_both_are_in_the_app_of_every_platform(key: str, checkout: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "integration.cli", "export", key, "--out", str(tmp_path)]
    subprocess.run(command, cwd=checkout, check=True, timeout=300)
    written = "\n".join(
        path.read_bytes().decode(errors="replace").lower()
        for path in tmp_path.rglob("*")
        if path.is_file()
    )
    # Some platforms write labels in sentence case.
    assert LABELS["triggers"].lower() in written.replace("order is placed", "order placed")
    assert LABELS["actions"].lower() in written


def test_both_are_in_the_catalog_the_document_and_its_page(extended: World) -> None:
    catalog = extended.get("/v1/catalog")
    for kind, label in LABELS.items():
        assert label in [each["label"] for each in catalog[kind]]
    document = requests.get(f"{extended.stack.url}/openapi.json", timeout=90).json()
    assert {"/v1/triggers/order-placed", "/v1/actions/say-hello"} <= set(document["paths"])
    page = requests.get(f"{extended.stack.url}/docs", timeout=90).text
    assert all(label in page for label in LABELS.values())


def test_both_are_in_the_console(extended: World) -> None:
    user = Visitor(extended.stack)
    user.sign_in(extended.key)
    assert LABELS["triggers"] in user.get("/console/hooks/new").text
    assert LABELS["actions"] in user.get("/console/jobs/new/send-sms").text


def test_a_new_page_is_in_the_console(extended: World) -> None:
    user = Visitor(extended.stack)
    user.sign_in(extended.key)
    assert "This is Hookline" in user.get("/console/about").text
    assert 'href="/console/about"' in user.get("/console/apps").text


def test_a_new_provider_has_its_form_and_its_connection_of_the_environment(
    extended: World, checkout: Path
) -> None:
    user = Visitor(extended.stack)
    user.sign_in(extended.key)
    assert "The project that pays for a text." in user.get("/console/connections/new/acme").text
    listed = subprocess.run(
        [sys.executable, "-m", "integration.cli", "connections", "list"],
        cwd=checkout,
        env=extended.stack.environment(),
        check=True,
        capture_output=True,
        timeout=300,
    )
    [found] = json.loads(listed.stdout)
    assert (found["id"], found["settings"]) == ("conn_acme", {"project": "shop"})


def test_both_work(extended: World, sink: Sink) -> None:
    hook = Hooked(extended, sink, trigger="order-placed")
    extended.inject("hello")
    extended.inject("order 7")
    [call] = sink.wait_for(1)
    assert call.event["message"] == "order 7"
    assert extended.get("/v1/triggers/order-placed") == [call.event]
    assert hook.tested()["status"] == "delivered"
    given = {"phone": "+14155550123", "device_fingerprint": "sandbox-phone-1"}
    job = extended.post("/v1/actions/say-hello?wait=20", **given)
    assert job.json()["status"] == "sent", job.text
    assert json.loads(job.text)["action"] == "say-hello"
    assert [each["text"] for each in extended.sends()] == ["Hello!"]
