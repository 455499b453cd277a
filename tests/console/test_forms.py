"""Forms: none is taken that was not made by us for this very session."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from integration.web.console.routes import routes
from proofs.rig.stack import Stack, World
from tests.console.visitor import Visitor

KNOWN = {"key": "send-sms", "provider": "pairfon"}


def posts() -> list[str]:
    """Every address of the console that takes a POST."""
    app = Flask("console")
    app.register_blueprint(routes)
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    found = []
    for rule in rules:
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(
                f"<{name}>", {"key": "send-sms", "provider": "pairfon"}.get(name, "x")
            )
        found.append(path)
    return sorted(found)


def test_there_are_forms_to_test() -> None:
    assert len(posts()) > 15


@pytest.mark.parametrize("path", posts())
def test_no_form_is_taken_without_its_token(user: Visitor, path: str) -> None:
    tokens: list[dict[str, Any]] = [
        {},
        {"csrf": ""},
        {"csrf": "wörong"},
        {"csrf": user.token()[:-1]},
    ]
    for given in tokens:
        answer = user.post(path, **given)
        assert answer.status_code == 403
        assert "out of date" in answer.text


def test_the_token_of_one_session_opens_no_form_of_another(
    user: Visitor, stack: Stack, world: World
) -> None:
    other = Visitor(stack)
    assert other.sign_in(world.key).ok
    assert other.token() != user.token()
    assert user.post("/console/activity/check", csrf=other.token()).status_code == 403
    other.web.close()


def test_a_form_that_is_too_large_is_refused_on_a_page(user: Visitor) -> None:
    answer = user.post("/console/keys", csrf=user.token(), name="x" * 300_000)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "256 KiB" in answer.text
