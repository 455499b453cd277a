"""API keys: made here, shown once, revoked here."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request, url_for

from integration.kernel.errors import HooklineError
from integration.web.api import keys
from integration.web.console import once, rendering
from integration.web.console.calls import ask, button, tell

routes = Blueprint("keys", __name__, url_prefix="/console/keys")
SCOPES = {
    "read": "look and poll",
    "texts": "see what messages say",
    "act": "send, and change jobs",
    "hooks": "manage hooks",
    "admin": "manage keys and connections",
}
USUAL: Mapping[str, Any] = {"scopes": [each for each in SCOPES if each != "admin"]}
"""What the form has at first."""
PER_PAGE = 100


@routes.get("")
def listed() -> Response:
    return rendering.page("keys", **_list())


def _list(given: Mapping[str, Any] = USUAL) -> dict[str, Any]:
    """The page; the form has what was `given`."""
    cursor = request.args.get("cursor", "")
    found = ask(keys.every, limit=PER_PAGE, cursor=cursor)
    return {
        "keys": found["data"],
        "following": found["next_cursor"],
        "paged": bool(cursor),
        "scopes": SCOPES,
        "given": given,
    }


@routes.post("")
def make() -> Response:
    """Answered with the page itself and no redirect: the key is in no other answer."""
    given = {name: request.form.get(name, "") for name in ("name", "expires_at")}
    body: dict[str, Any] = {**given, "scopes": request.form.getlist("scopes")}
    return _made(lambda: tell(keys.make, body=body), body)


@routes.post("/<key_id>/rotate")
def rotate(key_id: str) -> Response:
    once.leads_to(url_for(".listed"))
    return _made(lambda: tell(keys.rotate, key_id))


def _made(make_key: Callable[[], Any], given: Mapping[str, Any] = USUAL) -> Response:
    try:
        made = make_key()
    except HooklineError as error:
        return rendering.refusal(error, "keys", **_list(given))
    return rendering.page("keys", made=made, **_list())


REVOKED = "The key is revoked; from now on it opens nothing."
button(routes, "/<key_id>/revoke", keys.revoke, REVOKED, back=".listed")
