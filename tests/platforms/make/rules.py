"""Make's rules for an app: each is a function from the app to what is wrong with it.

They state what Make's editor checks (its published schemas) and what its documentation says of
directives. They also state what its reviewers ask of a public app.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.platforms.make import rules_calls, rules_flow, rules_folder, rules_forms, rules_review
from tests.platforms.make.app import App

Rule = Callable[[App], Iterator[str]]
RULES: tuple[Rule, ...] = (
    *rules_folder.RULES,
    *rules_calls.RULES,
    *rules_flow.RULES,
    *rules_forms.RULES,
    *rules_review.RULES,
)


def faults(app: App) -> list[str]:
    """Everything that is wrong, by rule."""
    return [f"{rule.__name__}: {fault}" for rule in RULES for fault in rule(app)]
