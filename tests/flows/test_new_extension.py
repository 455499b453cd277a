"""One new file each for a trigger and an action: in the API, every app, the docs, the console."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from integration import discovery
from integration.kernel.catalog import dashed
from proofs.rig.sandbox import ROOT
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import Stack, World
from tests.console.visitor import Visitor

OURS = ("actions", "integration", "options", "platforms", "providers", "sandbox", "triggers")
TRIGGER = '''
"""Order placed: a text that holds the word order."""

from integration.kernel.specs import Trigger
from triggers._filters import SAMPLE, MessageFilters, wants

TRIGGER = Trigger(
    key="order_placed",
    noun="Order",
    label="Order Placed by SMS",
    description="Triggers when somebody places an order by text message.",
    inputs=MessageFilters,
    wants=lambda event, filters: "order" in event["message"] and wants(event, filters),
    sample={**SAMPLE, "message": "order 7"},
)
'''
ACTION = '''
"""Say hello: a text without having to write one."""

from actions import _texting
from integration.kernel.capabilities import SendsSms
from integration.kernel.fields import Inputs
from integration.kernel.specs import Action


class HelloInputs(Inputs):
    phone = _texting.recipients("The number to greet.")


def run(provider, values):
    nothing = ("device_fingerprint", "sim_slot", "sender_id", "dlt_template_id")
    given = dict.fromkeys(nothing) | {"device_fingerprint": "sandbox-phone-1"}
    return provider.send_sms(phone=values["phone"], message="Hello!", **given)


ACTION = Action(
    key="say_hello",
    noun="Greeting",
    label="Say Hello by SMS",
    description="Sends a greeting to a phone number.",
    inputs=HelloInputs,
    needs=SendsSms,
    run=run,
    sample={},
    split="phone",
)
'''
LABELS = {
    "triggers": "Order Placed by SMS",
    "actions": "Say Hello by SMS",
}
PLATFORMS = [dashed(key) for key in discovery.load().platforms]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service with two files more, and no other edit."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in OURS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "wsgi.py", copy)
    (copy / "triggers" / "order_placed.py").write_text(TRIGGER)
    (copy / "actions" / "say_hello.py").write_text(ACTION)
    return copy


@pytest.fixture(scope="module")
def extended(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    running = Stack(tmp_path_factory.mktemp("extended"), root=checkout)
    world = running.workspace()
    world.connect_pairfon()
    yield world
    running.stop()


@pytest.mark.parametrize("key", PLATFORMS)
def test_both_are_in_the_app_of_every_platform(key: str, checkout: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "integration.cli", "export", key, "--out", str(tmp_path)]
    subprocess.run(command, cwd=checkout, check=True, timeout=60)
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
    document = requests.get(f"{extended.stack.url}/openapi.json", timeout=30).json()
    assert {"/v1/triggers/order-placed", "/v1/actions/say-hello"} <= set(document["paths"])
    page = requests.get(f"{extended.stack.url}/docs", timeout=30).text
    assert all(label in page for label in LABELS.values())


def test_both_are_in_the_console(extended: World) -> None:
    user = Visitor(extended.stack)
    user.sign_in(extended.key)
    assert LABELS["triggers"] in user.get("/console/hooks/new").text
    assert LABELS["triggers"] in user.get("/console/inbox").text
    assert LABELS["actions"] in user.get("/console/jobs/new/send-sms").text


def test_both_work(extended: World, sink: Sink) -> None:
    hook = Hooked(extended, sink, trigger="order-placed")
    extended.inject("hello")
    extended.inject("order 7")
    [call] = sink.wait_for(1)
    assert call.event["message"] == "order 7"
    assert extended.get("/v1/triggers/order-placed") == [call.event]
    assert hook.post("test")["status"] == "delivered"
    job = extended.post("/v1/actions/say-hello?wait=20", phone="+14155550123")
    assert job.json()["status"] == "sent", job.text
    assert json.loads(job.text)["action"] == "say-hello"
    assert [each["text"] for each in extended.sends()] == ["Hello!"]
