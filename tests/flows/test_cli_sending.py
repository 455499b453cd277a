"""`hookline sending rules`: what holds for texts whose call does not say otherwise."""

from __future__ import annotations

from proofs.rig.stack import World
from tests.flows.test_cli import run, told


def test_the_rules_are_shown_and_changed(world: World) -> None:
    made, place = world.connect_pairfon(), ("--workspace", world.name)
    assert told(world.stack, "sending", "rules", *place)["fallback_connections"] == []
    given = ("--deduplicate-within", "60", "--fallback-connections", made, "--failover-after", "9")
    changed = told(world.stack, "sending", "rules", *given, *place)
    assert changed == {
        "deduplicate_within": 60,
        "fallback_connections": [made],
        "failover_after": 9,
    }
    assert world.get("/v1/sending/rules") == changed
    cleared = told(world.stack, "sending", "rules", "--fallback-connections", "", *place)
    assert cleared["fallback_connections"] == []
    wrong = run(world.stack, "sending", "rules", "--failover-after", "x", *place, code=1)
    assert "must be a whole number from 0 to 21600" in wrong.stderr
