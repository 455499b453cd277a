"""The app's routes and the document's operations, so that each can be asked for the other."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

from integration import app, services
from integration.settings import Settings

AUTOMATIC = {"HEAD", "OPTIONS"}
FOR_PEOPLE = ("console",)
"""Blueprints of pages for people, whose forms are no API and are promised to nobody."""

DESCRIBED = "console.docs.listed"
"""The one page for people that the document names."""


@cache
def without_a_store() -> Flask:
    """The real app; its document needs no data."""
    env = {"REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "for-tests-alone-" * 4}
    return app.create(services.build(Settings.from_env(env)))


def served(of: Flask) -> set[tuple[str, str]]:
    """Method and rule of everything the app answers."""
    return {
        (method, rule.rule)
        for rule in of.url_map.iter_rules()
        if rule.endpoint.split(".")[0] not in FOR_PEOPLE or rule.endpoint == DESCRIBED
        for method in (rule.methods or set()) - AUTOMATIC
    }


def described(of: Flask, document: dict[str, Any]) -> set[tuple[str, str]]:
    """Method and rule that each operation of the document leads to; "" where it leads nowhere."""
    where = of.url_map.bind("localhost")
    return {
        (method.upper(), _rule(where, path, method))
        for path, methods in document["paths"].items()
        for method in methods
    }


def _rule(where: Any, path: str, method: str) -> str:
    try:
        rule, _ = where.match(path, method=method.upper(), return_rule=True)
    except HTTPException:
        return ""
    return str(rule.rule)
