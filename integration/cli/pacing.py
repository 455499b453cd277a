"""`hookline connections pace`: how fast an account may text."""

from argparse import Namespace
from typing import Any

from integration.accounts.pacing import PacingInput
from integration.cli.commands import ID, Command, asked, of_account
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import described
from integration.services import Services
from integration.web.api import accounts

OFF = "0"
"""What clears one rule."""
FIELDS = {each["key"]: each for each in described(PacingInput)}


def pace(own: Services, given: Namespace) -> Any:
    """Change the rules that are named, or all of them; show them where none is."""
    rules = {name: getattr(given, name) for name in FIELDS}
    named: dict[str, Any] = {
        name: None if value == OFF else value for name, value in rules.items() if value is not None
    }
    if given.off and named:
        raise InvalidInput("Give --off alone, or the rules that are to change.")
    if not given.off and not named:
        return asked(own, given, accounts.look, query={})["pacing"] or "It has no pacing."
    body = {"pacing": None if given.off else named}
    return asked(own, given, accounts.change, query={}, body=body)["pacing"] or "It has no pacing."


def _arguments() -> dict[str, dict[str, Any]]:
    told = {f"--{name.replace('_', '-')}": {"help": each["help"]} for name, each in FIELDS.items()}
    told["--per"]["choices"] = [row["id"] for row in FIELDS["per"]["choices"]]
    return ID | told | {"--off": {"action": "store_true", "help": "end all of its pacing"}}


COMMAND: Command = (of_account(pace), _arguments(), "how fast an account may text; 0 ends one rule")
