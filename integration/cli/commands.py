"""What each command of the command line does; all go through the same code as the API."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from integration.accounts import api_keys, connection_facts, connections, credentials
from integration.accounts.provider_link import link
from integration.delivery import log
from integration.hooks import subscriptions
from integration.inbound import webhook_registration
from integration.jobs import ledger, listing, retry_and_cancel
from integration.kernel.errors import InvalidInput, ProviderError
from integration.kernel.specs import Provider
from integration.services import Services
from integration.store import keys

Command = tuple[Callable[[Services, Namespace], Any], dict[str, dict[str, Any]], str]
ID = {"id": {"help": "the id, as a list shows it"}}
LIMIT = {"--limit": {"type": int, "default": 50, "help": "how many at most"}}


def workspaces_list(own: Services, _: Namespace) -> Any:
    return sorted(own.db.smembers(keys.WORKSPACES))


def workspaces_create(own: Services, given: Namespace) -> Any:
    """A workspace begins with its first key, which opens the API for all the rest."""
    if given.name in own.db.smembers(keys.WORKSPACES):
        raise InvalidInput(f"There is a workspace called {given.name} already.")
    record, key = api_keys.create(own.db, given.name, "First key")
    return {**record, "key": key}


def keys_list(own: Services, given: Namespace) -> Any:
    return api_keys.listed(own.db, given.workspace)


def keys_create(own: Services, given: Namespace) -> Any:
    scopes = given.scopes.split(",") if given.scopes else api_keys.SCOPES
    if not set(scopes) <= set(api_keys.SCOPES):
        raise InvalidInput(f"Scopes are {', '.join(api_keys.SCOPES)}.")
    record, key = api_keys.create(own.db, given.workspace, given.name, scopes=scopes)
    return {**record, "key": key}


def keys_revoke(own: Services, given: Namespace) -> Any:
    api_keys.revoke(own.db, given.workspace, given.id)
    return "Revoked."


def connections_list(own: Services, given: Namespace) -> Any:
    credentials.check(own, given.workspace)
    return [connection_facts.shown(own, each) for each in connections.listed(own, given.workspace)]


def connections_test(own: Services, given: Namespace) -> Any:
    connection = connections.get(own, given.workspace, given.id)
    provider: Provider = link(own, connection)
    try:
        provider.probe()
    except ProviderError as error:
        return connection_facts.shown(own, connections.mark(own, connection, error.message))
    return connection_facts.shown(own, connections.mark(own, connection))


def connections_delete(own: Services, given: Namespace) -> Any:
    connection = connections.get(own, given.workspace, given.id)
    webhook_registration.withdraw(own, connection)
    connections.forget(own, connection)
    return "Deleted."


def hooks_list(own: Services, given: Namespace) -> Any:
    return [
        subscriptions.shown(each, with_secret=False)
        for each in subscriptions.listed(own, given.workspace)
    ]


def hooks_delete(own: Services, given: Namespace) -> Any:
    subscriptions.remove(own, subscriptions.get(own, given.workspace, given.id))
    webhook_registration.reconcile(own, given.workspace)
    return "Deleted."


def hooks_resume(own: Services, given: Namespace) -> Any:
    hook = subscriptions.get(own, given.workspace, given.id)
    changed = subscriptions.change(own, hook, status=subscriptions.ACTIVE, status_detail="")
    return subscriptions.shown(changed, with_secret=False)


def hooks_deliveries(own: Services, given: Namespace) -> Any:
    hook = subscriptions.get(own, given.workspace, given.id)
    return log.listed(own, hook, given.limit, 0)[0]


def jobs_list(own: Services, given: Namespace) -> Any:
    found, _ = listing.listed(own, given.workspace, given.limit, 0, given.status or "")
    return [ledger.shown(job) for job in found]


def jobs_show(own: Services, given: Namespace) -> Any:
    return ledger.shown(ledger.get(own, given.workspace, given.id))


def jobs_retry(own: Services, given: Namespace) -> Any:
    return ledger.shown(retry_and_cancel.retry(own, ledger.get(own, given.workspace, given.id)))


def jobs_cancel(own: Services, given: Namespace) -> Any:
    return ledger.shown(retry_and_cancel.cancel(own, ledger.get(own, given.workspace, given.id)))


COMMANDS: dict[str, dict[str, Command]] = {
    "workspaces": {
        "list": (workspaces_list, {}, "all workspaces"),
        "create": (workspaces_create, {"name": {"help": "its name"}}, "a new one and its key"),
    },
    "keys": {
        "list": (keys_list, {}, "the API keys, without the keys themselves"),
        "create": (
            keys_create,
            {
                "name": {"help": "what it is for"},
                "--scopes": {"help": "read,write,admin; all when left out"},
            },
            "a new key, shown only now",
        ),
        "revoke": (keys_revoke, ID, "end a key"),
    },
    "connections": {
        "list": (connections_list, {}, "the provider accounts"),
        "test": (connections_test, ID, "ask the provider whose account it is"),
        "delete": (connections_delete, ID, "forget an account"),
    },
    "hooks": {
        "list": (hooks_list, {}, "the REST hooks"),
        "deliveries": (hooks_deliveries, ID | LIMIT, "the log of one hook"),
        "resume": (hooks_resume, ID, "go on after a pause"),
        "delete": (hooks_delete, ID, "remove a hook"),
    },
    "jobs": {
        "list": (
            jobs_list,
            LIMIT | {"--status": {"choices": ledger.STATUSES, "help": "only these"}},
            "the newest jobs",
        ),
        "show": (jobs_show, ID, "one job with its timeline"),
        "retry": (jobs_retry, ID, "send a failed or unknown one again"),
        "cancel": (jobs_cancel, ID, "cancel before it starts"),
    },
}
