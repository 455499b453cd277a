"""The command line: `hookline` for apps, keys, workspaces, connections, hooks and jobs."""

import argparse
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from integration import services
from integration.accounts import api_keys, bootstrap
from integration.cli import (
    activity,
    apps,
    completion,
    connecting,
    copying,
    doctor,
    ending,
    export,
    hooks,
    opt_outs,
    pacing,
    progress,
    running,
    sending,
    signing_in,
    status,
    table,
)
from integration.cli.commands import COMMANDS, Command
from integration.kernel import surrogates
from integration.services import Services
from integration.settings import Settings
from integration.store import clock, durability
from integration.store import format as store_format
from integration.upkeep import erase, rotation


class Parser(argparse.ArgumentParser):
    """Its refusals say where the commands are listed."""

    def error(self, message: str) -> NoReturn:
        super().error(f"{message}. See `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked. 1 when not, with a sentence on standard error, or with
    a report of what is wrong or left to do. 2 for a command that there is not."""
    parser = _parser()
    given: argparse.Namespace = parser.parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=surrogates.IN_JSON)
    return ending.status(lambda: _done(given))


def _done(given: argparse.Namespace) -> int:
    found = given.run(given)
    ending.say(_text(found, given))
    return int(isinstance(found, doctor.Unwell))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="hookline", description=__doc__)
    nouns = parser.add_subparsers(metavar="COMMAND", required=True)
    for word, (does, describe, help) in ALONE.items():
        alone = nouns.add_parser(word, help=help)
        describe(alone)
        if word in ALWAYS_JSON:
            table.json_argument(alone)
        alone.set_defaults(run=does, whole=parser)
    for noun, commands in _nouns().items():
        group = nouns.add_parser(noun, help=f"manage {noun}")
        verbs = group.add_subparsers(metavar="VERB", required=True)
        for verb, (run, arguments, help) in commands.items():
            command = verbs.add_parser(verb, help=help)
            command.add_argument("--workspace", default=bootstrap.DEFAULT)
            for name, described in arguments.items():
                command.add_argument(name, **described)
            command.set_defaults(run=_on_store(run), noun=noun)
            if verb == "list" and noun in table.COLUMNS and "--json" not in arguments:
                table.arguments(command)
            elif "--json" not in arguments:
                table.json_argument(command)
    return parser


def _nouns() -> dict[str, dict[str, Command]]:
    adding = (connecting.add, connecting.NEW, "connect an account; the provider is asked first")
    accounts = COMMANDS["connections"] | {"add": adding, "pace": pacing.COMMAND}
    own = {"connections": accounts}
    return (
        COMMANDS
        | own
        | {"apps": apps.COMMANDS, "hooks": hooks.COMMANDS}
        | {"opt-outs": opt_outs.COMMANDS, "sending": sending.COMMANDS}
    )


def _on_store(
    run: Callable[[Services, argparse.Namespace], Any], *, fills: bool = True
) -> Callable[..., Any]:
    """A command over the store, in a format that we read. Where it `fills` it, a new store first
    gets what the environment names."""

    def call(given: argparse.Namespace) -> Any:
        own = services.build(Settings.from_env())
        # A restore puts another store in the place of one that a newer release has written.
        if fills:
            store_format.claim(own.db)
        clock.look(own.db)
        # In a store that has everything this would undo it where the shell lacks a setting.
        if fills and bootstrap.missing(own):
            bootstrap.ensure(own)
        return run(own, given)

    return call


def _release(own: Services, _given: argparse.Namespace) -> str:
    """A first key, printed once, in a store without keys.

    Raises SettingsError for a store that the processes would refuse: a deploy ends before they do.
    """
    durability.at_start(own.db)
    bootstrap.ensure(own)
    if api_keys.listed(own.db, bootstrap.DEFAULT):
        return "The store is ready."
    wanted = own.settings.store_replicas
    _, key = api_keys.create(own.db, bootstrap.DEFAULT, "First key", wanted=wanted)
    return f"The store is ready. Your API key, shown only now: {key}"


def _erase(own: Services, given: argparse.Namespace) -> Mapping[str, object]:
    return erase.erase(own, given.number, given.workspace, progress.looked_at)


def _whole(told: Mapping[str, object]) -> object:
    """What a command did; Unwell where it left something, so that a script notices."""
    left = any(told.get(name) for name in ("unopened", "jobs_left", "hooks_left"))
    return doctor.Unwell(_text(told)) if left else told


def _erase_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", help="the person's number, such as +14155550123")
    parser.add_argument("--workspace", help="only there; in all workspaces when left out")


ALONE: dict[str, tuple[Callable[..., Any], Callable[[argparse.ArgumentParser], None], str]] = {
    "release": (_on_store(_release), lambda _: None, "prepare the store before a new version runs"),
    "export": (export.run, export.arguments, "write a platform's app: zapier, make, n8n, …"),
    "completion": (
        completion.run,
        completion.arguments,
        "print what bash, zsh or fish completes",
    ),
    "doctor": (doctor.run, doctor.arguments, "look at everything that the service needs"),
    "activity": (
        _on_store(activity.run),
        activity.arguments,
        "texts in and out, their statuses, and deliveries; with an id, the whole way of one",
    ),
    "tail": (
        _on_store(activity.tail),
        activity.tail_arguments,
        "print each of these as it happens, until Ctrl-C",
    ),
    "status": (
        _on_store(status.run),
        status.arguments,
        "whether anything is wrong: hooks, connections, unknown texts, workers",
    ),
    "login-link": (
        _on_store(signing_in.link),
        signing_in.link_arguments,
        "print a link that signs you in to the console, once",
    ),
    "password": (
        _on_store(signing_in.password),
        lambda _: None,
        "set the operator's password for the console",
    ),
    "workers": (_on_store(running.run), lambda _: None, "show RQ's queues and processes"),
    "backup": (
        _on_store(copying.run_backup),
        copying.arguments,
        "copy the store into a sealed file",
    ),
    "restore": (
        _on_store(copying.run_restore, fills=False),
        copying.restore_arguments,
        "restore such a copy into an empty store",
    ),
    "rotate-secret-key": (
        _on_store(
            lambda own, _: _whole(rotation.rotate(own, progress.shown("Looked at", "records")))
        ),
        lambda _: None,
        "seal everything under SECRET_KEY",
    ),
    "erase": (
        _on_store(lambda own, given: _whole(_erase(own, given))),
        _erase_arguments,
        "remove a person's number and texts",
    ),
}
"""Commands without a noun: what runs, its arguments, and what it is for."""
ALWAYS_JSON = ("workers", "backup", "restore", "rotate-secret-key", "erase")
"""Those of them that print JSON, asked for or not."""


def _text(result: Any, given: argparse.Namespace | None = None) -> str:
    of_noun = given if given and "noun" in given else None
    if of_noun and isinstance(result, list) and "table" in of_noun and table.is_wanted(of_noun):
        return table.text(of_noun.noun, result)
    if isinstance(result, str):
        if not of_noun or not of_noun.json:
            return result
        result = {"message": result}
    return json.dumps(result, indent=2, ensure_ascii=False)
