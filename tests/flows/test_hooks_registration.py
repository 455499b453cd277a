"""Our ingress address in the provider's webhook list: there while wanted, nobody else's touched."""

from __future__ import annotations

from integration import services
from integration.inbound import webhook_registration
from integration.scheduler import REGISTER_SECONDS
from integration.settings import Settings
from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink, ingress_url
from proofs.rig.stack import World
from tests.flows.registering import FOREIGN, shows, stand_still, upstream


def test_the_first_hook_registers_us_and_the_last_one_takes_us_away(
    occupied: World, sink: Sink
) -> None:
    assert upstream(occupied) == FOREIGN
    ours = {"url": ingress_url(occupied), "active": True}
    first, second = Hooked(occupied, sink, "/1"), Hooked(occupied, sink, "/2")
    shows(occupied, *FOREIGN, ours)
    occupied.call("DELETE", f"/v1/hooks/{first.id}")
    assert upstream(occupied) == [*FOREIGN, ours]
    occupied.call("DELETE", f"/v1/hooks/{second.id}")
    shows(occupied, *FOREIGN)
    Hooked(occupied, sink, "/3")
    shows(occupied, *FOREIGN, ours)


def test_a_list_that_is_as_wished_is_not_written_again(occupied: World, sink: Sink) -> None:
    Hooked(occupied, sink, "/1")
    shows(occupied, *FOREIGN, {"url": ingress_url(occupied), "active": True})
    written = occupied.stack.sandbox.received(occupied.pairfon_key, "webhooks")
    for path in ("/2", "/3"):
        Hooked(occupied, sink, path)
    assert occupied.stack.sandbox.received(occupied.pairfon_key, "webhooks") == written


def test_what_the_user_adds_later_stays_when_we_leave(occupied: World, sink: Sink) -> None:
    hook = Hooked(occupied, sink)
    shows(occupied, *FOREIGN, {"url": ingress_url(occupied), "active": True})
    added = {"url": "https://example.com/added", "active": True}
    path, body = "/pairfon/webhooks/inbound-sms", {"webhooks": [added, *upstream(occupied)]}
    occupied.stack.sandbox.call("PUT", path, occupied.pairfon_key, json=body)
    occupied.call("DELETE", f"/v1/hooks/{hook.id}")
    shows(occupied, added, *FOREIGN)


def test_a_reader_of_the_inbox_has_us_registered_without_a_hook(occupied: World) -> None:
    occupied.inbox()
    ours = {"url": ingress_url(occupied), "active": True}
    occupied.stack.pass_time(REGISTER_SECONDS)
    shows(occupied, *FOREIGN, ours)


def test_a_connection_that_is_removed_takes_our_address_with_it(
    occupied: World, sink: Sink
) -> None:
    Hooked(occupied, sink)
    [connection] = occupied.get("/v1/connections")["data"]
    shows(occupied, *FOREIGN, {"url": connection["ingress_url"], "active": True})
    assert occupied.call("DELETE", f"/v1/connections/{connection['id']}").json() == {}
    shows(occupied, *FOREIGN)


def test_a_provider_that_fails_at_first_has_us_registered_later(
    occupied: World, sink: Sink
) -> None:
    occupied.control("POST", "faults", {"kind": "status", "code": 500, "match": "PUT /webhooks"})
    Hooked(occupied, sink)
    occupied.stack.pass_time(REGISTER_SECONDS)
    until(lambda: len(upstream(occupied)) == 3, "our address, at the next try")
    assert upstream(occupied)[:2] == FOREIGN


def test_our_address_moves_with_public_url_and_leaves_none_behind(
    occupied: World, sink: Sink
) -> None:
    Hooked(occupied, sink)
    shows(occupied, *FOREIGN, {"url": ingress_url(occupied), "active": True})
    stack = occupied.stack
    moved = {**stack.settings, "PUBLIC_URL": "https://moved.example.com"}
    own = services.build(Settings.from_env(moved))
    there = ingress_url(occupied).replace(stack.url, "https://moved.example.com")
    stand_still(occupied)  # The scheduler would move the address back at its next turn.
    try:
        webhook_registration.reconcile(own, occupied.name)
        shows(occupied, *FOREIGN, {"url": there, "active": True})
    finally:
        stack.resume("scheduler")
        own.db.close()
