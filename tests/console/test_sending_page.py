"""The page of the sending rules: one form for failover and for equal texts."""

from __future__ import annotations

from proofs.rig.stack import World
from tests.console.visitor import Visitor

PATH = "/console/sending"
AT_FIRST = {"deduplicate_within": 0, "fallback_connections": [], "failover_after": 300}


def rules(world: World) -> object:
    return world.get("/v1/sending/rules")


def test_the_rules_are_shown_changed_and_put_back(user: Visitor, world: World) -> None:
    first, second = world.connect_pairfon(), world.connect_cloud()
    assert f'href="{PATH}"' in user.get("/console/connections").text
    given = {
        "deduplicate_within": "600",
        "failover_after": "120",
        "fallback_connections_0": second,
        "fallback_connections_1": first,
    }
    page = user.press(PATH, **given)
    assert "The new rules hold from now on." in page.text
    wanted = {"deduplicate_within": 600, "failover_after": 120}
    assert rules(world) == {**wanted, "fallback_connections": [second, first]}
    shown = user.get(PATH).text
    assert 'value="600"' in shown
    assert shown.index(f'value="{second}" selected') < shown.index(f'value="{first}" selected')
    user.press(PATH, deduplicate_within="", failover_after="", **dict.fromkeys(list(given)[2:], ""))
    assert rules(world) == AT_FIRST


def test_what_is_refused_is_said_beside_its_field_and_changes_nothing(
    user: Visitor, world: World
) -> None:
    world.connect_pairfon()
    page = user.post(PATH, csrf=user.token(), deduplicate_within="soon")
    assert page.status_code == 422
    assert "Deduplicate Within must be a whole number" in page.text
    lost = user.post(PATH, csrf=user.token(), fallback_connections_0="conn_nothing")
    assert "&#39;conn_nothing&#39; is no connection of this workspace" in lost.text
    assert rules(world) == AT_FIRST


def test_null_puts_a_rule_back(world: World) -> None:
    changed = world.call("PATCH", "/v1/sending/rules", json={"deduplicate_within": 600}).json()
    assert changed["deduplicate_within"] == 600
    back = world.call("PATCH", "/v1/sending/rules", json={"deduplicate_within": None}).json()
    assert back == AT_FIRST
