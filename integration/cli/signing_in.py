"""`hookline login-link` and `hookline password`: ways into the console for who runs the service."""

import sys
from argparse import ArgumentParser, Namespace
from getpass import getpass

from integration.accounts import audit, bootstrap, operators, workspaces
from integration.cli import own_address
from integration.kernel.errors import InvalidInput
from integration.services import Services


def link_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--workspace", default=bootstrap.DEFAULT, help="which one it opens")


def link(own: Services, given: Namespace) -> str:
    """The address; on standard error what it does, so that a script gets the address alone."""
    secret = operators.make_link(own.db, workspaces.check(own.db, given.workspace))
    audit.note(own.db, audit.EVERY, "link.made", given.workspace, by=audit.COMMAND_LINE)
    print("Open this once within 15 minutes; it signs in as the operator:", file=sys.stderr)
    return f"{own_address.of(own.settings)}/console/sign-in/link/{secret}"


def password(own: Services, _: Namespace) -> str:
    """Typed twice at a terminal, or the first line of what is piped."""
    if sys.stdin.isatty():
        given = getpass("New password: ")
        if getpass("The same again: ") != given:
            raise InvalidInput("The two passwords differ; type the same one twice.")
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    operators.set_password(own.db, given)
    audit.note(own.db, audit.EVERY, "password.changed", audit.OPERATOR, by=audit.COMMAND_LINE)
    return "The password is set. Everybody who was signed in as the operator is signed out."
