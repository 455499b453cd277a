"""The command line: `hookline` for apps, keys, workspaces, connections, hooks and jobs."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from redis.exceptions import RedisError

from integration import services
from integration.accounts import api_keys, bootstrap
from integration.cli import copying, export
from integration.cli.commands import COMMANDS
from integration.kernel.errors import HooklineError
from integration.services import Services
from integration.settings import Settings
from integration.store import durability
from integration.store import format as store_format
from integration.store.client import is_unable
from integration.upkeep import rotation


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with a sentence on standard error when not."""
    parser = _parser()
    given: argparse.Namespace = parser.parse_args(argv)
    try:
        if told := _text(given.run(given)):
            print(told)
    except HooklineError as error:
        print(error.message, file=sys.stderr)
        return 1
    except RedisError as error:
        print(_cause(error), file=sys.stderr)
        return 1
    return 0


def _cause(error: RedisError) -> str:
    name = type(error).__name__
    if is_unable(error):
        return f"The store cannot be reached ({name}): check REDIS_URL."
    # Only the first word of the server's answer: the rest may repeat what a command held.
    return (
        f"The store refused a command ({name} {str(error).partition(' ')[0]}): a key holds another"
        " type, or the user in REDIS_URL may not run it."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hookline", description=__doc__)
    nouns = parser.add_subparsers(metavar="COMMAND", required=True)
    release = nouns.add_parser("release", help="prepare the store before a new version runs")
    release.set_defaults(run=_on_store(_release), workspace=bootstrap.DEFAULT)
    exporting = nouns.add_parser("export", help="write a platform's app: zapier, make, n8n, …")
    export.arguments(exporting)
    exporting.set_defaults(run=export.run)
    copying_ = nouns.add_parser("backup", help="copy the store into a sealed file")
    copying.arguments(copying_)
    copying_.set_defaults(run=_on_store(copying.run_backup))
    restoring = nouns.add_parser("restore", help="restore such a copy into an empty store")
    copying.restore_arguments(restoring)
    restoring.set_defaults(run=_on_store(copying.run_restore, fills=False))
    rotating = nouns.add_parser("rotate-secret-key", help="seal all under a new SECRET_KEY")
    rotating.set_defaults(run=_on_store(lambda own, _: rotation.rotate(own)))
    for noun, commands in COMMANDS.items():
        group = nouns.add_parser(noun, help=f"manage {noun}")
        verbs = group.add_subparsers(metavar="VERB", required=True)
        for verb, (run, arguments, help) in commands.items():
            command = verbs.add_parser(verb, help=help)
            command.add_argument("--workspace", default=bootstrap.DEFAULT)
            for name, described in arguments.items():
                command.add_argument(name, **described)
            command.set_defaults(run=_on_store(run))
    return parser


def _on_store(
    run: Callable[[Services, argparse.Namespace], Any], *, fills: bool = True
) -> Callable[..., Any]:
    """A command over the store. Where it `fills` it, a new store first gets what the environment
    names."""

    def call(given: argparse.Namespace) -> Any:
        own = services.build(Settings.from_env())
        store_format.claim(own.db)
        # In a store that has everything this would undo it where the shell lacks a setting.
        if fills and bootstrap.missing(own):
            bootstrap.ensure(own)
        return run(own, given)

    return call


def _release(own: Services, given: argparse.Namespace) -> str:
    """A first key, printed once, in a store without keys.

    Raises SettingsError for a store that the processes would refuse: a deploy ends before they do.
    """
    durability.at_start(own.db)
    bootstrap.ensure(own)
    if api_keys.listed(own.db, given.workspace):
        return "The store is ready."
    _, key = api_keys.create(own.db, given.workspace, "First key")
    return f"The store is ready. Your API key, shown only now: {key}"


def _text(result: Any) -> str:
    return result if isinstance(result, str) else json.dumps(result, indent=2, ensure_ascii=False)
