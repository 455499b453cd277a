"""`hookline apps`: the platforms, and how the app of each is installed."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from integration.accounts import api_keys
from integration.cli import own_address, table
from integration.cli.commands import Command, asked
from integration.kernel.catalog import dashed
from integration.services import Services
from integration.web.apps import guide_texts, routes
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import base_url, services


def listed(own: Services, given: Namespace) -> list[Mapping[str, Any]]:
    """The platforms, each with the first call of a key that was made for it."""
    calls = _first_calls(own, given.workspace)
    return [
        {
            "key": dashed(each.key),
            "label": each.label,
            "description": each.description,
            "first_call_at": calls.get(dashed(each.key)),
        }
        for each in own.catalog.platforms.values()
    ]


def _first_calls(own: Services, workspace: str) -> dict[str, str]:
    called, calls = api_keys.first_calls(own.db, workspace), dict[str, str]()
    for each in api_keys.listed(own.db, workspace):
        if each["platform"] and each["id"] in called:
            calls.setdefault(each["platform"], called[each["id"]])
    return calls


def show(own: Services, given: Namespace) -> Any:
    """One platform: its app, and its guide as the console shows it."""
    key = dashed(own.catalog.platform(given.id).key)
    found = asked(own, given, _about, query={}, base_url=own_address.of(own.settings))
    found["first_call_at"] = _first_calls(own, given.workspace).get(key)
    return _written(found) if table.is_wanted(given) else found


def _about(key: str) -> Reply:
    platform = services().catalog.platform(key)
    more = {
        "server_url": base_url(),
        "scopes": list(platform.scopes),
        "guide": guide_texts.text(dashed(platform.key), base_url()),
    }
    return as_json(routes.row(platform) | more)


def _written(found: Mapping[str, Any]) -> str:
    key, scopes = found["key"], ",".join(found["scopes"])
    pairs = [
        ("App", f"{found['label']}: {found['description']}"),
        ("Server URL", found["server_url"]),
        ("Its files", f"hookline export {key}, or {found['download_url']} with a key"),
        ("Its key", f"hookline keys create {key} --platform {key} --scopes {scopes}"),
        ("First call", found["first_call_at"] or "none yet"),
    ]
    return f"{table.facts(pairs)}\n\n{found['guide'].strip()}"


FORM: dict[str, dict[str, Any]] = {
    "id": {"metavar": "platform", "help": "its key, as the list shows it"},
    "--json": {"action": "store_true", "help": "as JSON, as where no terminal reads"},
    "--table": {"action": "store_true", "help": "for a person, as on a terminal"},
}
COMMANDS: dict[str, Command] = {
    "list": (listed, {}, "the platforms, and whether each has called"),
    "show": (show, FORM, "the app of one, and how it is installed"),
}
"""`hookline apps …`."""
