"""A connection whose key changes: its address leaves the old account, and no other one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integration.accounts import bootstrap
from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink, ingress_url
from proofs.rig.stack import World

FOREIGN = {"url": "https://example.com/webhook", "active": True}


def upstream(world: World, key: str = "") -> list[dict[str, Any]]:
    """The webhook list of the account with this key, less the ids."""
    found = world.control("GET", "state", key=key or None)["webhooks"]
    return [{"url": each["url"], "active": each["active"]} for each in found]


def write(world: World, *webhooks: dict[str, Any]) -> None:
    path, body = "/pairfon/webhooks/inbound-sms", {"webhooks": webhooks}
    world.stack.sandbox.call("PUT", path, world.pairfon_key, json=body)


def test_a_connection_that_gets_another_account_leaves_nothing_in_the_old_one(
    world: World, sink: Sink
) -> None:
    connection, other = world.connect_pairfon(), f"{world.pairfon_key}other"
    write(world, FOREIGN)
    Hooked(world, sink)
    ours = {"url": ingress_url(world), "active": True}
    until(lambda: upstream(world) == [FOREIGN, ours], "our address in the account")
    world.call("PATCH", f"/v1/connections/{connection}", json={"api_key": other})
    until(lambda: upstream(world) == [FOREIGN], "our address gone from the old account")
    until(lambda: upstream(world, other) == [ours], "our address in the new account")


def test_a_connection_whose_new_settings_lead_to_the_same_account_stays_in_its_list(
    world: World, sink: Sink
) -> None:
    connection = world.connect_pairfon()
    Hooked(world, sink)
    until(lambda: upstream(world), "our address in the account")
    listed = {"url": ingress_url(world), "active": False}
    write(world, FOREIGN, listed)
    base = world.stack.sandbox.url.replace("127.0.0.1", "localhost") + "/pairfon"
    answer = world.call("PATCH", f"/v1/connections/{connection}", json={"base_url": base})
    assert answer.ok
    assert upstream(world) == [FOREIGN, listed]


def test_a_key_that_changes_in_the_environment_leaves_nothing_in_the_old_account(
    world: World,
) -> None:
    own, base = world.stack.services, f"{world.stack.sandbox.url}/pairfon"
    first, second = f"{world.pairfon_key}first", f"{world.pairfon_key}second"

    def promise(**accounts: str) -> None:
        providers = {name: {"api_key": key, "base_url": base} for name, key in accounts.items()}
        bootstrap.ensure(replace(own, settings=replace(own.settings, providers=providers)))

    own.db.set(keys.reader(bootstrap.DEFAULT), 1, ex=300)
    promise(pairfon=first)
    until(lambda: upstream(world, first), "our address in the account")
    promise(pairfon=second)
    until(lambda: not upstream(world, first), "our address gone from the old account")
    until(lambda: upstream(world, second), "our address in the new account")
    promise()
    until(lambda: not upstream(world, second), "our address gone with the setting")


def test_an_account_that_is_away_when_its_connection_goes_is_left_later(
    world: World, sink: Sink
) -> None:
    connection = world.connect_pairfon()

    def kept() -> list[str]:
        # Other accounts may be owed as well: those of tests whose provider is gone.
        owed: list[str] = world.stack.db.zrange(keys.LEFT_ACCOUNTS, 0, -1)
        return [each for each in owed if connection in each]

    write(world, FOREIGN)
    Hooked(world, sink)
    until(lambda: len(upstream(world)) == 2, "our address in the account")
    # For all calls: a turn of the scheduler may be the first.
    world.fault("status", "/webhooks/inbound-sms", code=500, times=0)
    assert world.call("DELETE", f"/v1/connections/{connection}").ok
    assert kept()
    world.control("DELETE", "faults")
    until(lambda: upstream(world) == [FOREIGN], "our address gone after a while")
    until(lambda: not kept(), "nothing of it kept")
