"""Dropdowns of forms: the connections, and what each of their accounts listed last."""

from typing import Any

from integration.accounts import belongings, connections
from integration.web.api import searches_and_options
from integration.web.core.current import services, workspace

WAIT_SECONDS = 1.5
"""For accounts that have listed nothing yet; a form without their rows takes what is typed."""


def of(key: str, value: str) -> dict[str, Any]:
    """The parts of a control whose choices are the rows of a dropdown.

    Where there are no rows, or ids beside them, it is a field to type in; then `hints` are the
    rows. A `value` that is no row stays one of the `choices`.
    """
    options = services().catalog.option(key)
    if options.needs is None:
        found = searches_and_options.all_rows(options)
        choices = [(row["id"], row["label"]) for row in found]
        return {"widget": "select", "choices": _with(choices, value)}
    every = connections.listed(services(), workspace())
    able = [each for each in every if connections.can(services(), each, options.needs)]
    listed = belongings.shown(services(), options, able, WAIT_SECONDS)
    several = len(able) > 1
    rows = [
        (row["id"], f"{row['label']} · {each.label}" if several else row["label"])
        for each in able
        for row in listed.get(each.id, ())
    ]
    if options.free or not rows:
        return {"widget": "text", "hints": rows}
    return {"widget": "select", "choices": _with(rows, value)}


def _with(rows: list[tuple[str, str]], value: str) -> list[tuple[str, str]]:
    known = not value or any(row == value for row, _ in rows)
    return rows if known else [*rows, (value, value)]
