"""API keys: made here, shown once, revoked here."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from integration.kernel.errors import HooklineError
from integration.web.api import keys
from integration.web.console import rendering
from integration.web.console.calls import ask, button, tell

routes = Blueprint("keys", __name__, url_prefix="/console/keys")
SCOPES = {
    "read": "look and poll",
    "texts": "see what messages say",
    "act": "send, and change jobs",
    "hooks": "manage hooks",
    "admin": "manage keys and connections",
}


@routes.get("")
def listed() -> Response:
    return rendering.page("keys", **_list())


def _list() -> dict[str, Any]:
    found = ask(keys.every, limit=200)
    return {"keys": found["data"], "scopes": SCOPES}


@routes.post("")
def make() -> Response:
    """Answered with the page itself and no redirect: the key is in no other answer."""
    given = {name: request.form.get(name, "") for name in ("name", "expires_at")}
    return _made(lambda: tell(keys.make, body={**given, "scopes": request.form.getlist("scopes")}))


@routes.post("/<key_id>/rotate")
def rotate(key_id: str) -> Response:
    return _made(lambda: tell(keys.rotate, key_id))


def _made(make_key: Callable[[], Any]) -> Response:
    try:
        made = make_key()
    except HooklineError as error:
        return rendering.refusal(error, "keys", **_list())
    return rendering.page("keys", made=made, **_list())


REVOKED = "The key is revoked; from now on it opens nothing."
button(routes, "/<key_id>/revoke", keys.revoke, REVOKED, back=".listed")
