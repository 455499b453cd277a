"""Reads what a control was asked; each function raises BadControl with a sentence."""

from __future__ import annotations

from typing import Any

from flask import request


class BadControl(ValueError):
    """A control that makes no sense; the text says what to send instead."""


def one() -> dict[str, Any]:
    given = request.get_json()
    if not isinstance(given, dict):
        raise BadControl("Send one JSON object.")
    return given


def many() -> list[dict[str, Any]]:
    given = request.get_json()
    every = given if isinstance(given, list) else [given]
    if not every or not all(isinstance(each, dict) for each in every):
        raise BadControl("Send a JSON object or an array of objects.")
    return every


def text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise BadControl(f"{name} is required and must be text.")
    return value


def number(given: dict[str, Any], name: str, usual: float) -> float:
    value = given.get(name)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadControl(f"{name} must be a number.")
    return value
