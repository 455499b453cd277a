"""The way into the provider APIs: whose key it is, how often it came, and which fault awaits it."""

from __future__ import annotations

import time
from typing import Any, cast

from flask import Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox import assumptions, broken_connection
from sandbox.accounts import Account
from sandbox.faults import Fault
from sandbox.limits import Standing, Windows
from sandbox.mount import Mount
from sandbox.world import World


class Refused(Exception):
    """A request that the provider turns down with a status and one sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def world() -> World:
    return cast(World, current_app.extensions["sandbox_world"])


def windows() -> Windows:
    return cast(Windows, current_app.extensions["sandbox_windows"])


def account() -> Account:
    return cast(Account, g.account)


def endpoint() -> str:
    """The request's method and path without the mount, as the documentation writes it."""
    return f"{request.method} {request.path.removeprefix(g.mount.prefix)}"


def body() -> dict[str, Any]:
    """The request's JSON object. Raises Refused for any other body."""
    given = request.get_json(silent=True) if request.is_json else None
    if not isinstance(given, dict):
        raise Refused(g.mount.bad_input, "Send a JSON object with Content-Type: application/json.")
    return given


def enter(mount: Mount) -> Response | None:
    """Before every provider request; an answer here means that the request goes no further."""
    g.mount = mount
    g.account = _authenticated(mount)
    g.standing = _counted(account())
    rule = request.url_rule.rule if request.url_rule else request.path
    with world().lock:
        account().requests[f"{request.method} {rule.removeprefix(mount.prefix)}"] += 1
    if g.standing.refused:
        raise Refused(429, "Too many requests. Wait as long as Retry-After says.")
    if any(part in request.path for part in account().settings.denied):
        raise Refused(403, "This key has no permission for this call.")
    given = request.get_data(as_text=True) if account().faults else ""
    g.fault = world().strike(account(), request.method, request.path, given)
    return _before(g.fault) if g.fault else None


def leave(response: Response) -> Response:
    """After every provider request, also a refused one: faults that strike late, and headers."""
    fault = g.get("fault")
    if fault:
        response = _after(fault, response)
    standing = g.get("standing")
    if standing:
        response.headers.update(standing.headers())
    caller = g.get("account") or g.get("refused")
    if caller:
        number = request.headers.get("X-Request-Id", "")
        shown = {"call": endpoint(), "status": response.status_code, "request_id": number}
        caller.calls.append({"at": time.time(), **shown})
    return response


def refusal(status: int, message: str) -> Response:
    """An error in the words of the provider at hand."""
    if g.mount.errors:
        return cast(Response, g.mount.errors(status, message))
    response = jsonify(g.mount.error_body(message))
    known = g.get("account")
    hidden = known is not None and g.mount.provider != "pairfon" and known.settings.errors_as_200
    response.status_code = 200 if hidden else status
    return response


def http_refusal(error: HTTPException) -> Response:
    """Flask's own errors as the documented tables have them; a wrong method is an unknown route."""
    if error.code in (404, 405):
        return refusal(404, "There is no such address in this API.")
    if error.code is not None and error.code < 500:
        return refusal(g.mount.bad_input, "The request could not be read.")
    return refusal(500, "Server error.")


def _authenticated(mount: Mount) -> Account:
    found = world().account(_given_key(mount))
    if found and found.provider == mount.provider and not found.settings.revoked:
        return found
    g.refused = found
    g.standing = _failed_authentication(mount)
    if g.standing.refused:
        raise Refused(429, "Too many failed authentications. Wait as long as Retry-After says.")
    raise Refused(
        401, f"The API key is missing or invalid. Send Authorization: {mount.scheme} KEY."
    )


def _given_key(mount: Mount) -> str:
    if mount.key:
        return mount.key()
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == mount.scheme.lower() else ""


def _failed_authentication(mount: Mount) -> Standing:
    address = request.remote_addr or "local"
    if mount.limits_auth:
        limit, window = assumptions.AUTH_LIMIT, assumptions.AUTH_WINDOW
        return windows().take(f"auth/{address}", limit, window)
    return windows().take(
        f"no-key/{address}", assumptions.RATE_LIMIT, assumptions.RATE_WINDOW, cost=0
    )


def _counted(of: Account) -> Standing:
    return windows().take(f"key/{of.key}", of.settings.rate_limit, of.settings.rate_window)


def _before(fault: Fault) -> Response | None:
    if fault.kind == "delay" and not fault.after:
        time.sleep(fault.seconds)
    if fault.kind == "cut_before":
        broken_connection.cut(request.environ)
        return Response(status=500)
    if fault.kind == "hang" and not fault.effect:
        broken_connection.hold(request.environ, fault.seconds)
        return Response(status=500)
    if fault.kind in ("status", "garbage") and not fault.effect:
        return _bad_answer(fault)
    return None


def _after(fault: Fault, response: Response) -> Response:
    if fault.kind == "delay" and fault.after:
        time.sleep(fault.seconds)
    if fault.kind == "cut_after":
        broken_connection.cut(request.environ)
    if fault.kind == "hang" and fault.effect:
        broken_connection.hold(request.environ, fault.seconds)
    if fault.kind == "cut_during":
        broken_connection.cut_within(request.environ, response.get_data())
    if fault.kind in ("status", "garbage") and fault.effect:
        return _bad_answer(fault)
    return response


def _bad_answer(fault: Fault) -> Response:
    if fault.kind == "garbage":
        return Response("<html>upstream said: %%%\x7f not JSON", 200, mimetype="text/html")
    if isinstance(fault.body, str):
        response = Response(fault.body, mimetype="text/plain")
    else:
        wording = g.mount.error_body("A fault set in the sandbox fails this request.")
        response = jsonify(wording if fault.body is None else fault.body)
    response.status_code = fault.code
    response.headers.update(fault.headers)
    return response
