"""`hookline status`: whether anything is wrong in a workspace, by the words of the overview."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from integration.accounts import bootstrap
from integration.cli.commands import asked
from integration.cli.doctor import Unwell
from integration.services import Services
from integration.web.api import overview


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--workspace", default=bootstrap.DEFAULT)
    parser.add_argument("--json", action="store_true", help="for a program to read")


def run(own: Services, given: Namespace) -> str:
    """The overview; Unwell where something needs somebody."""
    found = asked(own, given, overview.look, query={})
    text = json.dumps(found, indent=2, ensure_ascii=False) if given.json else _told(found)
    return text if found["ok"] else Unwell(text)


def _told(found: Mapping[str, Any]) -> str:
    day = found["last_24_hours"]
    numbers = (
        f"Last 24 hours: {day['in']} in, {day['sent']} sent, {day['delivered']} delivered,"
        f" {day['failed']} failed, {day['unknown']} unknown; {day['taken']} given to hooks,"
        f" {day['dead']} given up."
    )
    return "\n".join([found["message"], *map(_line, found["lines"]), numbers])


def _line(each: Mapping[str, Any]) -> str:
    since = f" since {each['since']}" if each["since"] else ""
    word = "WRONG" if each["tone"] == "bad" else "waits"
    name = (
        f"{each['name']} ({each['id']})"
        if each["about"] in ("hook", "connection")
        else each["name"]
    )
    return f"{word} {name}{since}: {each['detail']} {each['do']}"
