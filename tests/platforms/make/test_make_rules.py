"""The app keeps every rule of Make's that we know of, and each rule refuses what breaks it."""

from __future__ import annotations

import pytest

from tests.platforms.make import (
    spoilt_calls,
    spoilt_flow,
    spoilt_folder,
    spoilt_forms,
    spoilt_review,
)
from tests.platforms.make.app import App
from tests.platforms.make.rules import RULES, Rule, faults
from tests.platforms.make.spoilt import Spoilt

GROUPS = (spoilt_folder, spoilt_calls, spoilt_flow, spoilt_forms, spoilt_review)
SPOILT = [case for group in GROUPS for case in group.CASES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_app_keeps(app: App, rule: Rule) -> None:
    assert list(rule(app)) == []


@pytest.mark.parametrize(
    "case", SPOILT, ids=lambda case: f"{case.rule.__name__}-{'.'.join(map(str, case.keys))}"
)
def test_an_app_that_breaks_it_is_refused(app: App, case: Spoilt) -> None:
    assert list(case.rule(case.of(app)))


def test_every_rule_has_something_that_breaks_it() -> None:
    assert {case.rule for case in SPOILT} == set(RULES)


def test_spoiling_an_app_leaves_the_app_as_it_was(app: App) -> None:
    for case in SPOILT:
        case.of(app)
    assert faults(app) == []
