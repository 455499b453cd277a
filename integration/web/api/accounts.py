"""Accounts over HTTP: who am I, and connections."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint

from integration.accounts import (
    account_facts,
    bootstrap,
    connecting,
    connection_facts,
    connections,
    ingress_urls,
    pacing,
    standing,
)
from integration.accounts.connections import ENVIRONMENT, Connection
from integration.accounts.provider_link import link, webhook_secrets
from integration.inbound import account_work, sync
from integration.kernel import times
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.catalog import dashed
from integration.kernel.errors import Conflict, ProviderError
from integration.kernel.events import Account
from integration.kernel.fields import Word
from integration.services import Services
from integration.store import keys
from integration.web.api.account_changes import (
    LabelInput,
    changed,
    merging,
    settings_in,
    wanted_change,
)
from integration.web.core import paging, reading, removal, rights, trail
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import caller, require, services, workspace

PROBE_SECONDS = 3.5
"""For the provider's answer while somebody connects or tests an account."""
routes = Blueprint("accounts", __name__, url_prefix="/v1")


class ConnectionInput(LabelInput):
    provider = Word(
        required=True,
        label="Provider",
        help="The key of a provider, such as pairfon.",
        sample="pairfon",
    )


@routes.get("/me")
def me() -> Reply:
    """The authentication test of every platform; `label` names the connection there."""
    found = connections.listed(services(), workspace())
    name = "Hookline" if workspace() == bootstrap.DEFAULT else f"Hookline ({workspace()})"
    labels = ", ".join(each.label for each in found) or "no provider connected yet"
    return as_json(
        {
            "workspace": workspace(),
            "label": f"{name}: {labels}",
            "key_id": caller().key_id,
            "scopes": sorted(caller().scopes),
            "expires_at": times.from_ms(caller().ends_ms) if caller().ends_ms else None,
            "connections": [connection_facts.shown(services(), each) for each in found],
        }
    )


@routes.get("/connections")
def every() -> Reply:
    found = connections.listed(services(), workspace())
    return page(*paging.cut([_shown(each) for each in found]))


@routes.post("/connections")
def make() -> Reply:
    require("admin")
    body = reading.body()
    again = {name: each for name, each in body.items() if name != "provider"}
    rules = pacing.checked(body.pop("pacing", None))
    connection, made = connecting.connect(services(), _wish(body))
    if not made:
        return _known(connection, again)
    connection = pacing.change(services(), connection, rules)
    _note("connection.created", connection)
    own, probed = services(), [connection]
    account_work.connected(
        own, connection, lambda: probed.append(_probed(own, connection)), PROBE_SECONDS + 0.5
    )
    return as_json(_shown(probed[-1]), 201)


def _known(connection: Connection, body: dict[str, Any]) -> Reply:
    """An account that is connected already. What the call names is kept: its secret may be new."""
    rules = pacing.checked(body.pop("pacing", ""))
    merged = merging(*wanted_change(body))
    if merged(connection) == connection and rules == {}:
        return as_json(_shown(_probed(services(), connection)))
    return _change(connection.id, merged, rules)


def check() -> Reply:
    """For a person, before the account is kept: the provider's `problem` with it, "" for none."""
    require("admin")
    return as_json({"problem": _asked(services(), _wish(reading.body()))[1]})


def _wish(body: dict[str, Any]) -> Connection:
    """The connection that a call describes."""
    wanted = reading.load(
        ConnectionInput, {k: body.pop(k) for k in ("provider", "label") if k in body}
    )
    kind = services().catalog.provider(wanted["provider"])
    return connections.make(
        workspace=workspace(),
        provider=kind.key,
        label=wanted.get("label", kind.label),
        settings=reading.load(kind.settings, settings_in(body)),
        account_settings=kind.account_settings,
    )


@routes.get("/connections/<connection_id>")
def look(connection_id: str) -> Reply:
    found = connections.get(services(), workspace(), connection_id)
    more = {
        "sync": sync.shown(services(), found),
        "limit": account_facts.limit(services(), found),
        "seen": account_facts.seen(services(), connection_id),
    }
    return as_json(_shown(found) | more)


@routes.patch("/connections/<connection_id>")
def change(connection_id: str) -> Reply:
    """Change the label, the settings or the pacing; what is left out or "" stays as it is, null
    clears it."""
    require("admin")
    body = reading.body()
    rules = pacing.checked(body.pop("pacing", ""))
    if rules != {} and not body:
        return _paced(connection_id, rules)
    return _change(connection_id, merging(*wanted_change(body)), rules)


def _change(
    connection_id: str,
    merged: Callable[[Connection], Connection],
    rules: Mapping[str, Any] | None,
) -> Reply:
    stored = connecting.change(services(), workspace(), connection_id, merged)
    # Also without new rules: its usual sender is part of its pacing.
    stored = pacing.change(services(), stored, rules)
    _note("connection.changed", stored)
    sync.ask_for(services(), stored)
    return as_json(_shown(_probed(services(), stored, replaced=True)))


def _paced(connection_id: str, rules: Mapping[str, Any] | None) -> Reply:
    """Change the pacing alone, also of a connection that comes from the service's settings. Nothing
    is asked of the provider, whom this does not concern."""
    found = connections.get(services(), workspace(), connection_id)
    changed = pacing.change(services(), found, rules)
    _note("connection.changed", changed)
    return as_json(_shown(changed))


def check_change(connection_id: str) -> Reply:
    """The same for changed settings of a connection; none is asked where none changes."""
    require("admin")
    old = connections.get(services(), workspace(), connection_id)
    new = replace(old, settings=changed(old, wanted_change(reading.body())[1]))
    same = new.settings == old.settings
    return as_json({"problem": "" if same else _asked(services(), new)[1]})


@routes.delete("/connections/<connection_id>")
def remove(connection_id: str) -> Reply:
    require("admin")
    found_by = "ZSCORE", keys.workspace_connections(workspace()), connection_id
    with removal.confirmed(*found_by):
        connection = connections.get(services(), workspace(), connection_id)
        if connection.source == ENVIRONMENT:
            raise Conflict("This connection comes from the service's settings; remove it there.")
        account_work.removed(services(), connection)
        _note("connection.deleted", connection)
    return as_json({})


@routes.post("/connections/<connection_id>/test")
def test(connection_id: str) -> Reply:
    connection = connections.get(services(), workspace(), connection_id)
    return as_json(_shown(_probed(services(), connection)))


def _note(action: str, connection: Connection) -> None:
    trail.note(action, connection.id, f"{dashed(connection.provider)}: {connection.label}")


def _probed(own: Services, connection: Connection, *, replaced: bool = False) -> Connection:
    """Ask the provider whose account this is, and note the health; silence is noted as well."""
    account, problem = _asked(own, connection)
    if account:
        account_facts.note(own, connection, account)
        standing.try_now(own.db, connection.id)
    return connection_facts.mark(own, connection, problem, replaced=replaced)


def _asked(own: Services, connection: Connection) -> tuple[Account | None, str]:
    """The account, or why the provider does not take it, in its words."""
    try:
        return link(own, connection, within=PROBE_SECONDS).probe(), ""
    except ProviderError as error:
        return None, error.message


def _shown(connection: Connection) -> dict[str, Any]:
    """With the address for the provider's webhooks and their secret, for consoles of providers
    where these are entered by hand."""
    shown = connection_facts.shown(services(), connection)
    told = services().settings.public_url and rights.sees_secrets()
    shown["ingress_url"] = ingress_urls.url(services(), connection) if told else None
    kind = services().catalog.provider(connection.provider)
    signs = told and issubclass(kind, ReadsWebhooks) and kind.takes_secret
    shown["webhook_secret"] = webhook_secrets(services(), connection)[0] if signs else None
    return shown
