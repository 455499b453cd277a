"""The two main ways through, once each, before all their details."""

from __future__ import annotations

from proofs.rig.sandbox import until
from proofs.rig.stack import World


def test_a_text_reaches_the_poll_with_its_contract_shape(world: World) -> None:
    connection = world.connect_pairfon()
    world.inject("Hello")
    [event] = until(world.inbox, "the message in the poll")
    assert set(event) >= {"id", "provider_id", "connection", "provider", "phone", "message"}
    assert event["connection"] == connection
    assert event["provider"] == "pairfon"
    assert (event["phone"], event["message"]) == ("+14155550123", "Hello")


def test_a_send_reaches_the_provider_and_its_job_says_sent(world: World) -> None:
    world.connect_pairfon()
    answer = world.send(message="On our way")
    assert answer.status_code == 202
    job = world.settled(answer.json()["id"])
    assert job["segments"] == 1
    assert [each["text"] for each in world.sends()] == ["On our way"]
