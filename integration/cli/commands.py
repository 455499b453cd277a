"""What each command of the command line does; most ask the API's own views."""

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask

from integration.accounts import api_keys, credentials
from integration.jobs import ledger
from integration.kernel.errors import InvalidInput
from integration.services import Services
from integration.store import keys
from integration.web.api import accounts, actions, hooks
from integration.web.core import inner
from integration.web.core.answers import Reply
from integration.web.core.current import Caller

Command = tuple[Callable[[Services, Namespace], Any], dict[str, dict[str, Any]], str]
ID = {"id": {"help": "the id, as a list shows it"}}
LIMIT = {"--limit": {"type": int, "default": 50, "help": "how many at most"}}
PAGE = 200
"""Rows of one page of the API, which the lists here read one after the other."""


def workspaces_list(own: Services, _: Namespace) -> Any:
    return sorted(own.db.smembers(keys.WORKSPACES))


def workspaces_create(own: Services, given: Namespace) -> Any:
    """A workspace begins with its first key, which opens the API for all the rest."""
    if given.name in own.db.smembers(keys.WORKSPACES):
        raise InvalidInput(f"There is a workspace called {given.name} already.")
    record, key = api_keys.create(own.db, given.name, "First key")
    return {**record, "key": key}


def connections_list(own: Services, given: Namespace) -> Any:
    credentials.check(own, given.workspace)
    return rows(own, given, view=accounts.every)


def hooks_delete(hook_id: str) -> Reply:
    """A person who names no hook gets an error, where the API answers platforms that repeat."""
    hooks.show(hook_id)
    return hooks.unsubscribe(hook_id)


def rows(own: Services, given: Namespace, *, view: inner.View) -> Any:
    """The first rows of a list, as many as are wanted, or all."""
    found: list[Any] = []
    cursor: str | None = ""
    wanted: int | None = getattr(given, "limit", None)
    while cursor is not None and (wanted is None or len(found) < wanted):
        limit = min(PAGE, PAGE if wanted is None else wanted - len(found))
        query = {"limit": limit, "cursor": cursor, "status": getattr(given, "status", "")}
        page = _asked(own, given, view, query=query)
        found, cursor = [*found, *page["data"]], page["next_cursor"]
    return found


def one(own: Services, given: Namespace, *, view: inner.View, said: str = "", **body: Any) -> Any:
    """What a view answers of the thing named by `id`, or makes of the other arguments; what was
    `said` instead, where that is empty."""
    more = {name: getattr(given, name) for name in ("name", "scopes") if hasattr(given, name)}
    found = _asked(own, given, view, query={}, body={**more, **body})
    found.pop("secret", None)  # of a hook; a terminal is no place for it
    return found or said


def _asked(own: Services, given: Namespace, view: inner.View, **call: Any) -> Any:
    ids = [given.id] if hasattr(given, "id") else []
    caller = Caller(workspace=given.workspace, key_id="", scopes=frozenset(api_keys.SCOPES))
    return inner.answer(Flask(__name__), own, caller, view, *ids, **call)


NEW_KEY = {
    "name": {"help": "what it is for"},
    "--scopes": {"help": "read,write,admin; all when left out"},
}
JOBS = LIMIT | {"--status": {"choices": ledger.STATUSES, "help": "only these"}}
COMMANDS: dict[str, dict[str, Command]] = {
    "workspaces": {
        "list": (workspaces_list, {}, "all workspaces"),
        "create": (workspaces_create, {"name": {"help": "its name"}}, "a new one and its key"),
    },
    "keys": {
        "list": (
            partial(rows, view=accounts.keys_every),
            {},
            "the API keys, without the keys themselves",
        ),
        "create": (partial(one, view=accounts.keys_make), NEW_KEY, "a new key, shown only now"),
        "revoke": (partial(one, view=accounts.keys_revoke, said="Revoked."), ID, "end a key"),
    },
    "connections": {
        "list": (connections_list, {}, "the provider accounts"),
        "test": (partial(one, view=accounts.test), ID, "ask the provider whose account it is"),
        "delete": (partial(one, view=accounts.remove, said="Deleted."), ID, "forget an account"),
    },
    "hooks": {
        "list": (partial(rows, view=hooks.every), {}, "the REST hooks"),
        "deliveries": (partial(rows, view=hooks.log), ID | LIMIT, "the log of one hook"),
        "resume": (partial(one, view=hooks.change, status="active"), ID, "go on after a pause"),
        "delete": (partial(one, view=hooks_delete, said="Deleted."), ID, "remove a hook"),
    },
    "jobs": {
        "list": (partial(rows, view=actions.every), JOBS, "the newest jobs"),
        "show": (partial(one, view=actions.look), ID, "one job with its timeline, or a batch"),
        "retry": (partial(one, view=actions.retry), ID, "send a failed or unknown one again"),
        "cancel": (partial(one, view=actions.cancel), ID, "cancel before it starts"),
    },
}
