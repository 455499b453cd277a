"""`POST /v1/triggers/{key}/hooks`: as `POST /v1/hooks`, the trigger being in the address."""

from __future__ import annotations

from proofs.rig.sink import Sink
from proofs.rig.stack import World


def test_it_makes_the_hook_that_the_other_address_finds(world: World, sink: Sink) -> None:
    given = {"target_url": sink.url(), "sim_slot": "SIM1"}
    made = world.post("/v1/triggers/inbound-sms/hooks", **given)
    assert made.status_code == 201, made.text
    again = world.post("/v1/hooks", trigger="inbound-sms", **given)
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    assert made.json()["filters"] == {"sim_slot": "SIM1"}


def test_the_address_counts_and_not_the_body(world: World, sink: Sink) -> None:
    url = sink.url()
    made = world.post("/v1/triggers/latest-sms/hooks", target_url=url, event="inbound-sms")
    assert made.json()["trigger"] == "latest-sms"
    missing = world.post("/v1/triggers/no-such/hooks", target_url=url)
    assert (missing.status_code, missing.json()["status"]) == (404, 404)


def test_its_location_is_our_public_address_whatever_the_caller_called_us(
    world: World, sink: Sink
) -> None:
    made = world.call(
        "POST",
        "/v1/triggers/inbound-sms/hooks",
        json={"target_url": sink.url()},
        headers={"Host": "inner.example:81"},
    )
    assert made.headers["Location"] == f"{world.stack.url}/v1/hooks/{made.json()['id']}"
