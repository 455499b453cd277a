"""`hookline doctor`: one look at everything that the service needs, with a mend for what is wrong.

It asks what `/readyz` asks, and what takes longer: the rights of the store's user, every account at
its provider, and PUBLIC_URL from outside.
"""

import json
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import Flask
from redis.exceptions import RedisError

from integration import services
from integration.accounts import connections
from integration.cli import ending
from integration.inbound import own_address
from integration.kernel.errors import HooklineError
from integration.services import Services
from integration.settings import Settings
from integration.store import clock, keys, rights, server
from integration.store import format as store_format
from integration.web.api import accounts, health
from integration.web.core import inner
from integration.web.core.current import Caller

AWRY_SECONDS = 30
"""How far this machine's clock may be off the store's. Receivers of webhooks refuse what was signed
five minutes ago."""


class Check(NamedTuple):
    """What was looked at, whether it is right, and a sentence on it."""

    name: str
    ok: bool
    detail: str


class Unwell(str):
    """A report of what is wrong or left to do; the command ends with exit status 1."""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for a program to read")


def run(given: Namespace) -> str:
    """The report; Unwell where a check failed."""
    found = list(_checks())
    well = all(each.ok for each in found)
    if given.json:
        checks = {each.name: {"ok": each.ok, "detail": each.detail} for each in found}
        text = json.dumps({"ok": well, "checks": checks}, indent=2, ensure_ascii=False)
    else:
        text = "\n".join(f"{'ok   ' if ok else 'WRONG'} {name}: {said}" for name, ok, said in found)
    return text if well else Unwell(text)


def _checks() -> Iterator[Check]:
    """Each check builds on those before it, so a wrong one of the first ends the rest."""
    looked_at = "settings"
    try:
        own = services.build(Settings.from_env())
        yield Check(looked_at, True, "All can be read.")
        looked_at = "server"
        yield _server(own)
        clock.look(own.db)
        yield _clock(own)
        yield from _ready(own)
        yield _public_url(own)
        for workspace in sorted(own.db.smembers(keys.WORKSPACES)):
            yield from _accounts(own, workspace)
    except RedisError as error:
        yield Check("store", False, ending.cause(error))
    except HooklineError as error:
        yield Check(looked_at, False, error.message)


def _server(own: Services) -> Check:
    """The store's server, user and format. Raises SettingsError for one that cannot serve."""
    facts = server.facts(own.db)
    server.refuse(facts)
    if lacking := rights.missing(own.db):
        return Check("server", False, f"Its user needs {' '.join(lacking)} (docs/store.md).")
    store_format.claim(own.db)
    return Check("server", True, f"Version {facts['version']}, format {store_format.FORMAT}.")


def _clock(own: Services) -> Check:
    seconds, micros = own.db.time()
    off = abs(time.time() - seconds - micros / 1_000_000)
    said = f"{off:.0f} s off the store's clock."
    return Check("clock", off < AWRY_SECONDS, f"This machine's clock is {said}")


def _ready(own: Services) -> Iterator[Check]:
    told = inner.answer(Flask(__name__), own, None, health.ready, query={})
    for name, each in told["checks"].items():
        if name != "public_url":
            yield Check(name, each["ok"], each["detail"] + _processes(each))


def _processes(check: Mapping[str, Any]) -> str:
    if "processes" not in check:
        return ""
    count = check["processes"]
    return f" {count} {'process runs' if count == 1 else 'processes run'}."


def _public_url(own: Services) -> Check:
    """The call itself; `/readyz` shows the last one of the scheduler."""
    if not own.settings.public_url:
        return Check("public_url", True, "PUBLIC_URL is not set: providers are polled.")
    wrong = own_address.complaint(own)
    return Check("public_url", not wrong, wrong or "PUBLIC_URL leads here.")


def _accounts(own: Services, workspace: str) -> Iterator[Check]:
    """Every account of the workspace, asked at its provider."""
    caller = Caller(workspace=workspace, key_id="", scopes=frozenset({"admin"}))
    opened = {each.id for each in connections.listed(own, workspace)}
    for each in own.db.zrange(keys.workspace_connections(workspace), 0, -1):
        if each not in opened:
            said = "SECRET_KEY does not open it, or its record is damaged; /readyz says which."
            yield Check(f"account {each}", False, said)
            continue
        told = inner.answer(Flask(__name__), own, caller, accounts.test, each, query={}, body={})
        said = told.get("health_detail") or "Its provider knows the key."
        if paced := told["lane"]["jobs_paced"]:
            said += f" {paced:,} {'text waits' if paced == 1 else 'texts wait'} for its pacing."
        yield Check(f"account {each}", told["health"] == "ok", said)
