"""A rule that catches nothing holds nothing: each one meets the fault it is there for."""

from __future__ import annotations

import pytest

from tests.architecture import reading, rules
from tests.architecture import test_architecture as house

UP = [
    ("integration.kernel.recipients", "from integration.store import keys"),
    ("integration.kernel.recipients", "def f():\n    import integration.store.keys as k"),
    ("integration.kernel.recipients", "from integration.schema import json_schema"),
    ("integration.schema.document", "from platforms.openapi import PLATFORM"),
    ("triggers.inbound_sms", "from actions.send_sms import ACTION"),
    ("providers.pairfon", "from integration.discovery import load"),
    ("integration.store.client", "from integration.settings import Settings"),
    ("integration.store.client", "from integration.services import Services"),
    ("integration.inbound.inbox", "from integration.jobs import perform"),
    ("integration.jobs.perform", "from integration.inbound import inbox"),
    ("integration.jobs.perform", "from ..inbound import inbox"),
    ("integration.jobs.perform", "from integration import worker"),
    ("integration.hooks.subscriptions", "from integration.delivery import fanout"),
    ("integration.accounts.connections", "from integration.web.api.accounts import show"),
    ("integration.web.core.current", "from integration.web.api.health import ready"),
    ("integration.worker", "import wsgi"),
    ("integration.worker", "from proofs.rig.stack import Stack"),
    ("proofs.rig.stack", "from proofs.chaos.arena import Arena"),
    ("proofs.rig.stack", "from tests.conftest import stack"),
    ("proofs.attacks.report", "from proofs.chaos import report"),
]
DOWN = [
    ("triggers.inbound_sms", "from triggers._filters import wants"),
    ("platforms.openapi", "from integration.schema.document import document"),
    ("integration.outbound.addresses", "from integration.store.client import connect"),
    ("integration.web.api.accounts", "from integration.web.core.current import services"),
    ("integration.web.api.ingress", "from integration.jobs import receipts"),
    ("integration.inbound.inbox", "from . import cursors"),
    ("integration.worker", "from integration.jobs import perform"),
    ("wsgi", "from integration.app import create"),
    ("proofs.chaos.arena", "from proofs.rig.stack import Stack"),
    ("tests.conftest", "from proofs.chaos.judge import judge"),
    ("integration.kernel.recipients", "import phonenumbers"),
]


@pytest.mark.parametrize(("name", "source"), UP)
def test_an_arrow_that_points_up_or_aside_is_seen(name: str, source: str) -> None:
    assert len(rules.steps_up(name, source)) == 1


@pytest.mark.parametrize(("name", "source"), DOWN)
def test_an_arrow_that_points_down_passes(name: str, source: str) -> None:
    assert rules.steps_up(name, source) == []


def test_a_package_reaches_its_own_parts() -> None:
    source = "from . import inbox\nfrom ..jobs import perform"
    found = rules.steps_up("integration.inbound", source, package=True)
    assert found == ["integration.jobs.perform"]


def test_a_module_without_a_layer_is_seen() -> None:
    assert reading.place("integration.novelty") is None
    assert reading.place("integration.keystone") is None


@pytest.mark.parametrize(
    "source",
    ["import os\nos.environ['A']", "import os\nos.getenv('A')", "from os import environ as e"],
)
def test_reading_the_environment_is_seen(source: str) -> None:
    assert rules.environment_reads(source)


@pytest.mark.parametrize("source", ["x = 'hl:job'", "x = f'hl:{1}'", "def f():\n    'hl:a'"])
def test_a_key_made_elsewhere_is_seen(source: str) -> None:
    assert rules.makes_keys(source)


def test_a_script_in_python_text_is_seen() -> None:
    assert rules.holds_lua("x = '''return redis.call('GET', KEYS[1])'''")


@pytest.mark.parametrize(("lines", "found"), [(29, []), (30, ["f"])])
def test_a_long_function_is_seen_and_its_docstring_is_not_counted(
    lines: int, found: list[str]
) -> None:
    body = "\n    '''Says.\n    more.'''" + "\n    x = 1" * lines
    assert rules.long_functions(f"async def f():{body}") == found


def test_a_circle_is_seen_and_a_chain_passes() -> None:
    assert rules.circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c", "d"]
    assert rules.circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize(
    ("name", "found"), [("platforms.zapier", 0), ("platforms", 0), ("integration.app", 2)]
)
def test_a_private_module_is_seen_from_outside_its_room(name: str, found: int) -> None:
    source = "from platforms._words import say\nfrom platforms import _words, __version__, zapier"
    known = ["platforms", "platforms._words", "platforms.zapier"]
    assert len(rules.private_of_others(name, source, known)) == found


def test_a_file_that_breaks_a_rule_is_named_with_what_was_found() -> None:
    first, second = reading.OURS[:2]
    found = rules.offenders([first, second], lambda path: [7] if path == second else [])
    assert found == [f"{second.relative_to(reading.ROOT)}: [7]"]


def test_the_rules_meet_files() -> None:
    assert len(reading.OURS) > 40
    assert reading.LUA
    assert {"kernel", "triggers", "providers"} <= {path.parent.name for path in house.PURE}


def test_a_name_that_is_given_twice_is_seen() -> None:
    source = "A = 1\nB, A = 2, 3\ndef c(): A = 4\ndef c(): pass\n"
    assert rules.second_values(source) == ["A", "c"]
