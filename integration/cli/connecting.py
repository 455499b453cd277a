"""`hookline connections add`."""

import sys
from argparse import Namespace
from getpass import getpass
from typing import Any

from integration.cli.commands import asked
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import described
from integration.services import Services
from integration.web.api import accounts

NEW: dict[str, dict[str, Any]] = {
    "provider": {"help": "its key, as GET /v1/catalog and the console name it"},
    "--label": {"help": "a name of yours"},
    "--set": {
        "metavar": "NAME=VALUE",
        "action": "append",
        "default": [],
        "help": "a setting, such as base_url=https://…; a secret is asked for where its NAME stands"
        " alone, and where the provider requires it",
    },
    "--keep-anyway": {"action": "store_true", "help": "also where the provider refuses it"},
}


def add(own: Services, given: Namespace) -> Any:
    """Connect an account, which its provider is asked about first.

    Secrets are read from the terminal, or one a line from standard input: other users of the
    machine see what stands in a command. Raises InvalidInput for what the provider refuses, unless
    it is to be kept anyway.
    """
    secrets = [
        each
        for each in described(own.catalog.provider(given.provider).settings)
        if each["type"] == "secret"
    ]
    alone = {each["key"] for each in secrets} & {*given.set}
    settings = dict(_pair(each) for each in given.set if each not in alone)
    for each in secrets:
        name = each["key"]
        if name in alone or (each["required"] and name not in settings):
            settings[name] = _asked_for(each["label"])
    body = {"provider": given.provider, "label": given.label or "", **settings}
    call: dict[str, Any] = {"query": {}, "body": body}
    if not given.keep_anyway:
        problem = asked(own, given, accounts.check, **call)["problem"]
        if problem:
            sentence = f"Nothing is saved: {problem} --keep-anyway saves it all the same."
            raise InvalidInput(sentence)
    return asked(own, given, accounts.make, **call)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise InvalidInput(f"Write --set {text}=VALUE.")
    return name, value


def _asked_for(label: str) -> str:
    if sys.stdin.isatty():
        return getpass(f"{label}: ")
    return sys.stdin.readline().strip()
