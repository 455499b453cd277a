"""`hookline sending`: the sending rules of a workspace."""

from argparse import Namespace
from typing import Any

from integration.accounts.sending_rules import FIELDS
from integration.cli.commands import Command, asked
from integration.services import Services
from integration.web.api import sending


def rules(own: Services, given: Namespace) -> Any:
    """Show the rules, or change what is named."""
    named = {name: getattr(given, name) for name in FIELDS}
    body = {name: value for name, value in named.items() if value is not None}
    return asked(own, given, sending.change if body else sending.rules, query={}, body=body)


COMMANDS: dict[str, Command] = {
    "rules": (
        rules,
        {
            "--deduplicate-within": {
                "metavar": "SECONDS",
                "help": "refuse the same text to the same number for so long; 0 for never",
            },
            "--fallback-connections": {
                "metavar": "IDS",
                "help": "what a text goes on through, with commas; '' for nothing",
            },
            "--failover-after": {
                "metavar": "SECONDS",
                "help": "how long an account may give no answer before it is left",
            },
        },
        "show or change what holds for texts whose call does not say otherwise",
    ),
}
"""`hookline sending …`."""
