"""The first steps: each is ticked by what happened, and the list goes when all are."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
import requests
from flask.testing import FlaskClient

from integration import discovery
from integration.accounts import api_keys, connections
from integration.app import create
from integration.services import Services
from integration.store import keys
from proofs.rig.sandbox import Sandbox, until
from proofs.rig.stack import World
from tests.console.visitor import Visitor
from tests.delivery.drains import WORKSPACE

HOUSE = ["The store is safe", "The workers are alive", "PUBLIC_URL leads to this server"]


def ticked(user: Visitor) -> list[str]:
    return re.findall(r'<li class="done">.*?<b>(.*?)</b>', user.get("/").text, re.DOTALL)


def test_the_first_steps_tick_themselves_and_go_when_all_are_done(
    user: Visitor, world: World
) -> None:
    until(lambda: ticked(user) == HOUSE, "the steps of the house, of a service that runs")
    assert "3 of 7 done, about 10 minutes left" in user.page("/").text
    world.connect_pairfon()
    assert ticked(user) == [*HOUSE, "A provider is connected"]
    world.settled(world.send().json()["id"])
    world.inject("Are you open today?")
    until(world.inbox, "the message in the inbox")
    until(lambda: len(ticked(user)) == 6, "the steps of a text out and one in")
    assert "The first hook is there" not in ticked(user)
    world.post("/v1/hooks", trigger="inbound-sms", target_url=world.stack.url)
    assert "First steps" not in user.page("/").text
    [hook] = world.get("/v1/hooks")["data"]
    world.call("DELETE", f"/v1/hooks/{hook['id']}")
    assert "First steps" not in user.page("/").text, "what was done once stays done"


def test_a_key_that_is_refused_ticks_nothing_and_is_named(user: Visitor, world: World) -> None:
    base = world.stack.sandbox.url + "/pairfon"
    world.post("/v1/connections", provider="pairfon", label="Shop", api_key="no", base_url=base)
    assert "A provider is connected" not in ticked(user)
    assert "Shop does not work yet: Pairfon does not accept the API key" in user.page("/").text


def test_the_first_steps_are_put_away(user: Visitor, world: World) -> None:
    assert "First steps" not in user.press("/console/start/hide").text
    assert world.stack.db.exists(keys.start(world.name))


def reader(services: Services) -> FlaskClient:
    """A visitor who has signed in at a service of this process."""
    client = create(services).test_client()
    _, key = api_keys.create(services.db, WORKSPACE, "tests")
    token = re.findall(r'name="csrf" value="(.+?)"', client.get("/console/sign-in").text)[0]
    client.post("/console/sign-in", data={"key": key, "csrf": token})
    return client


def test_the_overview_leads_to_the_virtual_phone_where_there_is_one(own: Services) -> None:
    wish = "Type a text into the virtual phone"
    assert wish not in reader(own).get("/").text
    sandbox = replace(own.settings, sandbox=True, sandbox_url="http://127.0.0.1:9")
    assert 'href="http://127.0.0.1:9/"' in reader(replace(own, settings=sandbox)).get("/").text


SERVED = [key for key, kind in discovery.load().providers.items() if kind.sandbox]


@pytest.mark.parametrize("provider", SERVED)
def test_a_connection_in_the_sandbox_leads_to_its_own_virtual_phone(
    own: Services, sandbox: Sandbox, provider: str
) -> None:
    kind = own.catalog.provider(provider)
    here = replace(own.settings, sandbox=True, sandbox_url=sandbox.url)
    given = {**kind.sandbox, "base_url": f"{sandbox.url}/{provider}"}
    made = connections.make(
        workspace=WORKSPACE, provider=provider, label="Shop", settings=kind.settings().load(given)
    )
    connections.save(own, made)
    page = f"/console/connections/{made.id}"
    link = r'href="([^"]+)"[^>]*>Open its virtual phone'
    [address] = re.findall(link, reader(replace(own, settings=here)).get(page).text)
    key = kind.sandbox[kind.sandbox_account]
    assert f'data-key="{key}"' in requests.get(html.unescape(address), timeout=60).text
    assert "Open its virtual phone" not in reader(own).get(page).text, "no sandbox is there"
