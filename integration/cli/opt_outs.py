"""`hookline opt-outs`: who wants no more texts, as a list or a table; added, lifted, imported."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from integration.cli.commands import LIMIT, Command, asked, rows
from integration.kernel.errors import InvalidInput
from integration.services import Services
from integration.web.api import opt_out_rows, opt_outs
from integration.web.core.answers import Reply, as_json

RULES = {
    "register": "enabled",
    "words": "stop_words",
    "confirm": "confirm",
    "confirm_text": "confirm_text",
    "help_text": "help_text",
}
"""The options of `rules`, and the API's names for them."""
NAMED = ("phone", "connection", "sender", "reason")
FILTERS = ("phone", "ending", "connection", "sender", "out")


def listed(own: Services, given: Namespace) -> Any:
    wanted = {name: getattr(given, name) for name in FILTERS if getattr(given, name)}
    return rows(own, given, view=opt_outs.every, **wanted)


def add(own: Services, given: Namespace) -> Any:
    return asked(own, given, opt_outs.add, query={}, body=_named(given))


def remove(own: Services, given: Namespace) -> Any:
    return asked(own, given, opt_outs.lift, query={}, body=_named(given))


def _named(given: Namespace) -> dict[str, str]:
    return {name: getattr(given, name) for name in NAMED if getattr(given, name)}


def export(own: Services, given: Namespace) -> Any:
    """The whole list: as CSV, or as JSON where that is asked for."""
    if given.json:
        return rows(own, given, view=opt_outs.every)

    def whole() -> Reply:
        return as_json({"table": opt_outs.table({})})

    return str(asked(own, given, whole, query={})["table"]).rstrip("\r\n")


def load(own: Services, given: Namespace) -> Any:
    """Import a table; every part of it that was taken stays where a later one is refused."""
    try:
        rows = opt_out_rows.of_csv(Path(given.file).read_bytes())
    except OSError as error:
        raise InvalidInput(f"{given.file} cannot be read: {error.strerror}.") from error
    if given.connection:
        rows = [{**each, "connection": given.connection} for each in rows]
    parts = [rows[start : start + opt_out_rows.MOST_ROWS] for start in _starts(rows)]
    found = [_loaded(own, given, each) for each in parts]
    return {name: sum((each[name] for each in found[1:]), found[0][name]) for name in found[0]}


def _starts(rows: Sequence[Any]) -> range:
    return range(0, max(1, len(rows)), opt_out_rows.MOST_ROWS)


def _loaded(own: Services, given: Namespace, rows: Sequence[Any]) -> dict[str, Any]:
    def taken() -> Reply:
        return as_json(opt_outs.taken(rows, skip_wrong=given.skip_wrong))

    return dict(asked(own, given, taken, query={}))


def rules(own: Services, given: Namespace) -> Any:
    """Show the rules, or change what is named."""
    named = {name: getattr(given, option) for option, name in RULES.items()}
    body = {name: value for name, value in named.items() if value is not None}
    if body:
        return asked(own, given, opt_outs.change_rules, query={}, body=body)
    return asked(own, given, opt_outs.rules, query={})


PHONE = {"phone": {"help": "the number, in any form that a send takes"}}
WHERE: dict[str, dict[str, Any]] = {
    "--connection": {"default": "", "help": "only texts of this account"},
    "--sender": {"default": "", "help": "only texts from this number or name of yours"},
}
WHICH: dict[str, dict[str, Any]] = {
    "--phone": {"default": "", "help": "only this number"},
    "--ending": {"default": "", "help": "only numbers that end in these digits"},
    "--out": {
        "choices": ("true", "false"),
        "help": "true for people who opted out, false for those who opted in again",
    },
}
WHY = {"--reason": {"default": "", "help": "why, to be read later"}}
HOW = {"--reason": {"required": True, "help": "how the person agreed to texts again"}}
COMMANDS: dict[str, Command] = {
    "list": (
        listed,
        LIMIT | WHICH | WHERE,
        "who opted out, and who opted in again",
    ),
    "add": (add, PHONE | WHERE | WHY, "text this person no more"),
    "remove": (remove, PHONE | WHERE | HOW, "text this person again, who agreed to it"),
    "export": (export, {}, "print the whole list as CSV"),
    "import": (
        load,
        {
            "file": {"help": "a CSV file with a column phone"},
            "--connection": {
                "default": "",
                "help": "for texts of this account, whatever the table names",
            },
            "--skip-wrong": {
                "action": "store_true",
                "help": "take the others where rows are wrong",
            },
        },
        "add a table",
    ),
    "rules": (
        rules,
        {
            "--register": {"choices": ("on", "off"), "help": "whether the register is kept"},
            "--words": {"help": "your own opt-out words, with commas; '' for the usual ones"},
            "--confirm": {"choices": ("on", "off"), "help": "whether an opt-out is confirmed"},
            "--confirm-text": {"help": "the text that confirms it; '' for the usual one"},
            "--help-text": {"help": "what HELP is answered with; '' for nothing"},
        },
        "show or change whether the register is kept, and the words",
    ),
}
"""`hookline opt-outs …`."""
