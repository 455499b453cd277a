"""API keys: made here, shown once, revoked here."""

from typing import Any

from flask import Blueprint, Response, request

from integration.accounts import api_keys
from integration.kernel.errors import HooklineError
from integration.web.api import accounts as account_routes
from integration.web.console import rendering
from integration.web.console.calls import ask, button, tell

routes = Blueprint("keys", __name__, url_prefix="/console/keys")


@routes.get("")
def listed() -> Response:
    return rendering.page("keys", **_list())


def _list() -> dict[str, Any]:
    found = ask(account_routes.keys_every, limit=200)
    return {"keys": found["data"], "scopes": api_keys.SCOPES}


@routes.post("")
def make() -> Response:
    """Answered with the page itself and no redirect: the key is in no other answer."""
    body = {"name": request.form.get("name", ""), "scopes": request.form.getlist("scopes")}
    try:
        made = tell(account_routes.keys_make, body=body)
    except HooklineError as error:
        return rendering.refusal(error, "keys", **_list())
    return rendering.page("keys", made=made, **_list())


REVOKED = "The key is revoked; from now on it opens nothing."
button(routes, "/<key_id>/revoke", account_routes.keys_revoke, REVOKED, back=".listed")
