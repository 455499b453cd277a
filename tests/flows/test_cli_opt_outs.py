"""`hookline opt-outs`, as a person uses it."""

from __future__ import annotations

from pathlib import Path

from proofs.rig.stack import World
from tests.flows.test_cli import run, told

PHONE = "+14155550123"


def test_opt_outs_are_added_listed_exported_lifted_and_imported(
    world: World, tmp_path: Path
) -> None:
    home, place = world.connect_pairfon(), ("--workspace", world.name)
    told(world.stack, "opt-outs", "add", PHONE, "--reason", "Letter", *place)
    [row] = told(world.stack, "opt-outs", "list", *place)
    assert (row["phone"], row["opted_out"], row["note"]) == (PHONE, True, "Letter")
    table = run(world.stack, "opt-outs", "export", *place).stdout
    assert table.splitlines()[1].startswith(PHONE)
    found = told(world.stack, "opt-outs", "remove", PHONE, "--reason", "Agreed", *place)
    assert found["changed"] == 1
    file = tmp_path / "table.csv"
    file.write_text("phone\n+12025550199\n", encoding="utf-8")
    assert told(world.stack, "opt-outs", "import", str(file), *place)["changed"] == 1
    rules = told(world.stack, "opt-outs", "rules", "--register", "on", "--words", "BASTA", *place)
    assert (rules["enabled"], rules["stop_words"]) == (True, ["BASTA"])
    assert told(world.stack, "opt-outs", "rules", "--words", "", *place)["stop_words"] == []
    more = ("--confirm", "on", "--help-text", "Acme Ltd")
    rules = told(world.stack, "opt-outs", "rules", *more, *place)
    assert (rules["confirm"], rules["help_text"]) == (True, "Acme Ltd")
    file.write_text("phone\n+12025550198\ncall me\n", encoding="utf-8")
    found = told(world.stack, "opt-outs", "import", str(file), "--skip-wrong", *place)
    assert (found["changed"], found["refused"]) == (1, 1)
    file.write_text("phone,connection\n+12025550197,conn_of_before\n", encoding="utf-8")
    found = told(world.stack, "opt-outs", "import", str(file), "--connection", home, *place)
    assert found["changed"] == 1


def test_a_list_is_narrowed_as_over_http(world: World) -> None:
    home, place = world.connect_pairfon(), ("--workspace", world.name)

    def listed(*more: str) -> list[str]:
        return [row["phone"] for row in told(world.stack, "opt-outs", "list", *more, *place)]

    for phone in (PHONE, "+12025550199"):
        told(world.stack, "opt-outs", "add", phone, "--reason", "Letter", *place)
    told(world.stack, "opt-outs", "remove", PHONE, "--reason", "Agreed", *place)
    assert listed("--ending", "0123") == [PHONE]
    assert listed("--out", "true") == ["+12025550199"]
    assert listed("--out", "false", "--connection", home) == [PHONE]
    assert listed("--sender", "+12025550100") == []
