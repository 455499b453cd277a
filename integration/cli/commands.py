"""What each command of the command line does; most ask the API's own views."""

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask

from integration.accounts import api_keys, audit, credentials
from integration.accounts import workspaces as known
from integration.jobs import ledger
from integration.kernel.errors import Conflict, InvalidInput
from integration.services import Services
from integration.web.api import accounts, actions, keys, workspaces
from integration.web.api import audit as audit_list
from integration.web.core import inner
from integration.web.core.answers import Reply
from integration.web.core.current import Caller

Command = tuple[Callable[[Services, Namespace], Any], dict[str, dict[str, Any]], str]
ID = {"id": {"help": "the id, as a list shows it"}}
LIMIT = {"--limit": {"type": int, "default": 50, "help": "how many at most"}}
PAGE = 200
"""Rows of one page of the API, which the lists here read one after the other."""


def workspaces_list(own: Services, _: Namespace) -> Any:
    return [each["name"] for each in known.listed(own.db)]


def workspaces_audit(own: Services, given: Namespace) -> Any:
    return audit.listed(own, audit.EVERY, given.limit, 0)[0]


def workspaces_limit(own: Services, given: Namespace) -> Any:
    """Change the limits that are named; 0 gives one back to the service's settings."""
    named = {name: getattr(given, name) for name in known.LIMITS}
    body: dict[str, Any] = {
        name: value or None for name, value in named.items() if value is not None
    }
    return one(own, given, view=workspaces.change, **body)


def connections_list(own: Services, given: Namespace) -> Any:
    credentials.check(own, given.workspace)
    return rows(own, given, view=accounts.every)


def keys_create(own: Services, given: Namespace) -> Any:
    """An option without a value, as an empty variable of a shell, would give the key more."""
    for name, otherwise in (("scopes", "all of them"), ("expires_at", "a key without an end")):
        if getattr(given, name) is not None and not getattr(given, name).strip():
            option = f"--{name.replace('_', '-')}"
            raise InvalidInput(f"{option} is empty; give a value, or leave it out for {otherwise}.")
    return one(own, given, view=keys.make)


def of_account(run: Callable[[Services, Namespace], Any]) -> Callable[[Services, Namespace], Any]:
    """For a command on one connection: one that another SECRET_KEY sealed is not called gone."""

    def call(own: Services, given: Namespace) -> Any:
        credentials.open_one(own, given.id)
        return run(own, given)

    return call


def unknown_list(own: Services, given: Namespace) -> Any:
    given.status = "unknown"
    return rows(own, given, view=actions.every)


def unknown_retry(job_id: str) -> Reply:
    """Of these alone: a job that failed since is not what the caller means."""
    if actions.shown(job_id)["status"] != "unknown":
        raise Conflict("The outcome of this job is known; `hookline jobs retry` sends it again.")
    return actions.retry(job_id)


def rows(own: Services, given: Namespace, *, view: inner.View, **filters: str) -> Any:
    """The first rows of a list that `filters` let through, as many as are wanted, or all."""
    found: list[Any] = []
    cursor: str | None = ""
    wanted: int | None = getattr(given, "limit", None)
    while cursor is not None and (wanted is None or len(found) < wanted):
        limit = min(PAGE, PAGE if wanted is None else wanted - len(found))
        status = getattr(given, "status", "")
        query = {"limit": limit, "cursor": cursor, "status": status, **filters}
        page = asked(own, given, view, query=query)
        found, cursor = [*found, *page["data"]], page["next_cursor"]
    return found


def one(own: Services, given: Namespace, *, view: inner.View, said: str = "", **body: Any) -> Any:
    """What a view answers of the thing named by `id`, or makes of the other arguments; what was
    `said` instead, where that is empty."""
    named = ("name", "scopes", "expires_at", "platform")
    more = {name: getattr(given, name, None) for name in named}
    more = {name: value for name, value in more.items() if value is not None}
    found = asked(own, given, view, query={}, body={**more, **body})
    found.pop("secret", None)  # of a hook; a terminal is no place for it
    return found or said


def asked(own: Services, given: Namespace, view: inner.View, **call: Any) -> Any:
    ids = [given.id] if hasattr(given, "id") else []
    caller = Caller(
        workspace=known.check(own.db, given.workspace),
        key_id="",
        scopes=frozenset(api_keys.SCOPES),
        limits=known.limits_of(own.db, given.workspace),
    )
    return inner.answer(Flask(__name__), own, caller, view, *ids, **call)


NEW_KEY = {
    "name": {"help": "what it is for"},
    "--scopes": {"help": "read,texts,act,hooks,admin; all when left out"},
    "--expires-at": {"help": "such as 2027-01-31T09:00:00Z; never when left out"},
    "--platform": {"help": "the platform that it is for, such as zapier"},
}
JOBS = LIMIT | {"--status": {"choices": ledger.STATUSES, "help": "only these"}}
NAME = {"id": {"metavar": "name", "help": "its name"}}
LIMITS: dict[str, dict[str, Any]] = {
    "--rate-limit": {"type": int, "help": "calls a minute of all its keys together"},
    "--backlog": {"type": int, "help": "jobs that may wait at once"},
    "--hooks": {"type": int, "help": "hooks that it may have"},
}
DELETE_ACCOUNT = of_account(partial(one, view=accounts.remove, said="Deleted."))
COMMANDS: dict[str, dict[str, Command]] = {
    "workspaces": {
        "list": (workspaces_list, {}, "all workspaces"),
        "create": (
            partial(one, view=workspaces.make),
            {"name": {"help": "its name"}},
            "a new one and its key",
        ),
        "show": (partial(one, view=workspaces.look), NAME, "a workspace and its limits"),
        "limit": (workspaces_limit, NAME | LIMITS, "change its limits; 0 for the service's own"),
        "delete": (partial(one, view=workspaces.erase), NAME, "erase a workspace, for good"),
        "audit": (workspaces_audit, LIMIT, "what was done to workspaces"),
    },
    "keys": {
        "list": (
            partial(rows, view=keys.every),
            {},
            "the API keys, without the keys themselves",
        ),
        "create": (keys_create, NEW_KEY, "a new key, shown only now"),
        "rotate": (partial(one, view=keys.rotate), ID, "a new key; the old one serves for a day"),
        "revoke": (partial(one, view=keys.revoke, said="Revoked."), ID, "end a key"),
    },
    "audit": {
        "list": (
            partial(rows, view=audit_list.every),
            LIMIT,
            "who did what to connections, keys and hooks",
        ),
    },
    "connections": {
        "list": (connections_list, {}, "the provider accounts"),
        "show": (
            of_account(partial(one, view=accounts.look)),
            ID,
            "one with its sync, limit and phones",
        ),
        "test": (
            of_account(partial(one, view=accounts.test)),
            ID,
            "ask the provider whose account it is",
        ),
        "delete": (DELETE_ACCOUNT, ID, "forget an account"),
        "remove": (DELETE_ACCOUNT, ID, "the same"),
    },
    "jobs": {
        "list": (partial(rows, view=actions.every), JOBS, "the newest jobs"),
        "show": (partial(one, view=actions.look), ID, "one job with its timeline, or a batch"),
        "retry": (partial(one, view=actions.retry), ID, "send a failed or unknown one again"),
        "cancel": (partial(one, view=actions.cancel), ID, "cancel before it starts"),
    },
    "unknown": {
        "list": (unknown_list, LIMIT, "texts that may or may not have been sent"),
        "close": (partial(one, view=actions.close), ID, "it arrived: close it as sent"),
        "retry": (partial(one, view=unknown_retry), ID, "send it again; it may arrive twice"),
    },
}
