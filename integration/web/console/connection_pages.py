"""Connections: provider accounts, their health, and the ids that a step needs."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from integration.accounts import connections
from integration.accounts.pacing import in_words
from integration.jobs import budgets
from integration.kernel.catalog import dashed
from integration.kernel.errors import HooklineError
from integration.kernel.fields import Secret
from integration.kernel.specs import Options, Provider
from integration.web.api import accounts as account_routes
from integration.web.api import searches_and_options
from integration.web.api.accounts import ConnectionInput
from integration.web.console import forms, handset, held, notices, rendering
from integration.web.console.calls import ask, button, press, tell
from integration.web.core.current import require, services, workspace

routes = Blueprint("connections", __name__, url_prefix="/console/connections")
PER_PAGE = 50


@routes.get("")
def listed() -> Response:
    cursor = request.args.get("cursor", "")
    found = ask(account_routes.every, limit=PER_PAGE, cursor=cursor)
    return rendering.page(
        "connections",
        connections=found["data"],
        following=found["next_cursor"],
        paged=bool(cursor),
        providers=services().catalog.providers.values(),
    )


@routes.get("/<connection_id>")
def look(connection_id: str) -> Response:
    """With `ids=devices` and the like, what the provider lists under that word."""
    return _connection_page(connection_id)


@routes.post("/<connection_id>/secret")
def secret(connection_id: str) -> Response:
    """The page with the secret for the provider's webhooks; a look does not hold it."""
    return _connection_page(connection_id, with_secret=True)


def _connection_page(connection_id: str, *, with_secret: bool = False) -> Response:
    connection = ask(account_routes.look, connection_id)
    shown = connection.pop("webhook_secret")
    kind = services().catalog.provider(connection["provider"])
    stored = connections.get(services(), workspace(), connection_id)
    phones = (connection["seen"] or {}).get("phones", ())
    every = [
        each
        for each in services().catalog.options.values()
        if each.needs is not None and issubclass(kind, each.needs)
    ]
    asked = next((each for each in every if dashed(each.key) == request.args.get("ids")), None)
    return rendering.page(
        "connection",
        connection=connection,
        provider=kind,
        phone=handset.address_for(stored),
        webhook=_webhook(connection),
        signs=shown is not None,
        secret=shown if with_secret else None,
        fields=_named(kind, connection["settings"], stored.settings),
        pacing=in_words(connection["pacing"] or {}),
        used=budgets.used(services(), stored, phones),
        options=every,
        asked=asked,
        **(_listed(asked, connection_id) if asked else {}),
    )


WEBHOOKS = {
    "registered": ("ok", "The provider calls us for each text."),
    "off": ("", "Not registered: no hook and no reader needs it yet."),
    "inactive": ("failing", "The provider has our address switched off."),
    "occupied": ("failing", "The provider calls another address in our place."),
    "not-kept": ("failing", "The provider's list lacks our address."),
    "failing": ("failing", "The provider refused to register our address."),
}


def _webhook(connection: Mapping[str, Any]) -> dict[str, str]:
    """Whether the provider tells us of each text at once: a sentence, and the word of a badge."""
    state = (connection["webhook"] or {}).get("state", "off")
    badge, said = WEBHOOKS.get(state, ("", state))
    if not services().settings.public_url:
        badge, said = "", "No: PUBLIC_URL is not set, so the provider is asked instead."
    elif "webhook-registration" not in connection["capabilities"]:
        badge, said = "", "Enter this address at the provider as its webhook or callback address."
    return {"badge": badge, "said": said}


def _listed(options: Options, connection_id: str) -> dict[str, Any]:
    try:
        return {"ids": searches_and_options.all_rows(options, connection_id)}
    except HooklineError as error:
        return {"problem": error.message}


def _named(
    kind: type[Provider], settings: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings by their labels; a secret that is stored is said to be there, and not what it
    is."""
    fields = kind.settings().fields
    secret = {
        name for name, each in fields.items() if isinstance(each, Secret) and stored.get(name)
    }
    shown = {name: settings.get(name) for name in fields if name in settings or name in secret}
    return {
        fields[name].metadata["label"]: "•••••••• (encrypted)" if name in secret else value
        for name, value in shown.items()
    }


@routes.get("/new/<provider>")
def form(provider: str) -> Response:
    kind = services().catalog.provider(provider)
    return rendering.page("connection_form", **_form(kind, {}), old=None)


@routes.post("/new/<provider>")
def add(provider: str) -> Response | AnyResponse:
    """The provider is asked first; what it does not take is kept only where somebody says so."""
    kind = services().catalog.provider(provider)
    given, anyway = _given(kind.key)
    body = {**given, "provider": dashed(kind.key)}
    try:
        refused = "" if anyway else tell(account_routes.check, body=body)["problem"]
        if refused:
            return _ask_again(kind, given, kind.key, refused, old=None)
        made = tell(account_routes.make, body=body)
    except HooklineError as error:
        return rendering.refusal(error, "connection_form", **_form(kind, given, error), old=None)
    return _arrived(made)


def _given(subject: str) -> tuple[dict[str, str], bool]:
    """What the form gave, and whether it is to be kept whatever the provider says of it."""
    given = forms.given()
    if "held" in given:
        return held.opened(subject, given["held"]), True
    return given, False


def _ask_again(
    kind: type[Provider], given: Mapping[str, str], subject: str, refused: str, old: Any
) -> Response:
    kept = held.sealed(subject, given)
    form = _form(kind, given)
    return rendering.page("connection_form", code=422, **form, old=old, refused=refused, held=kept)


def _arrived(connection: dict[str, Any]) -> AnyResponse:
    notices.leave(*_outcome(connection))
    return redirect(_page_of(connection["id"]), 303)


def _outcome(connection: dict[str, Any]) -> Any:
    if connection["health"] == "ok":
        return "good", f"{connection['label']} answers, and its key is accepted."
    return "bad", f"{connection['label']} is saved, but: {connection['health_detail']}"


def _form(
    kind: type[Provider], given: Mapping[str, Any], error: HooklineError | None = None
) -> dict[str, Any]:
    [label] = forms.controls(ConnectionInput, given, error, leave_out=("provider",))
    return {"provider": kind, "controls": [label, *forms.controls(kind.settings, given, error)]}


@routes.get("/<connection_id>/edit")
def edit(connection_id: str) -> Response:
    require("admin")
    old = ask(account_routes.look, connection_id)
    kind = services().catalog.provider(old["provider"])
    given = {**old["settings"], "label": old["label"]}
    return rendering.page("connection_form", **_form(kind, given), old=old)


@routes.post("/<connection_id>/edit")
def change(connection_id: str) -> Response | AnyResponse:
    """A field left blank goes back to its default, but a secret left blank stays."""
    old = ask(account_routes.look, connection_id)
    kind = services().catalog.provider(old["provider"])
    given, anyway = _given(connection_id)
    body = {**dict.fromkeys(set(old["settings"]) - set(given)), **given}
    try:
        ask_first = account_routes.check_change
        refused = "" if anyway else tell(ask_first, connection_id, body=body)["problem"]
        if refused:
            return _ask_again(kind, given, connection_id, refused, old)
        changed = tell(account_routes.change, connection_id, body=body)
    except HooklineError as error:
        return rendering.refusal(error, "connection_form", **_form(kind, given, error), old=old)
    return _arrived(changed)


@routes.post("/<connection_id>/test")
def test(connection_id: str) -> Any:
    return press(account_routes.test, connection_id, back=_page_of(connection_id), said=_tested)


def _tested(connection: dict[str, Any]) -> tuple[bool, str]:
    if connection["health"] == "ok":
        return True, f"{connection['label']} answers, and its key is accepted."
    return False, f"{connection['label']}: {connection['health_latest']}"


def _page_of(connection_id: str) -> str:
    return url_for("console.connections.look", connection_id=connection_id)


DELETED = "The connection is deleted."
button(routes, "/<connection_id>/delete", account_routes.remove, DELETED, back=".listed")
