"""A STOP by a text, and the one text that confirms it, through the whole service."""

from __future__ import annotations

from integration.store import keys
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.platforms.heard import heard

TEXT = "You get no more texts of Acme. Reply START to get them again."


def test_a_stop_is_confirmed_once_and_then_nothing_more_is_sent(world: World) -> None:
    world.stack.db.hset(keys.workspace(world.name), "opt_outs", "on")
    world.connect_pairfon()
    rules = {"confirm": True, "confirm_text": TEXT}
    changed = world.call("PATCH", "/v1/opt-outs/rules", json=rules).json()
    assert (changed["confirm"], changed["confirm_text"], changed["help_text"]) == (True, TEXT, None)
    heard(world, "STOP")
    until(lambda: [each["text"] for each in world.sends()] == [TEXT], "the confirmation")
    heard(world, "HELP")
    refused = world.send(message="Our offer", wait=25)
    assert refused.json()["job"]["error"]["code"] == "opted_out"
    assert len(world.sends()) == 1
    back = world.call("PATCH", "/v1/opt-outs/rules", json={"confirm_text": "", "confirm": "no"})
    assert "START" in back.json()["confirm_text"]
    assert back.json()["confirm_text"] != TEXT
    assert back.json()["enabled"] is True
