"""Puts the sandbox together: the provider APIs, their controls and the handset page."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox import control, handset, messaging, pairfon, request_gate
from sandbox.flavours import CLOUD_MESSAGING, ULTIMATE_SMS
from sandbox.limits import Windows
from sandbox.member import members
from sandbox.pushes import Pusher
from sandbox.world import World

BODY_MAX = 1024 * 1024
_MOUNTS = (
    *(pairfon.MOUNT, CLOUD_MESSAGING.mount, ULTIMATE_SMS.mount),
    *(each.mount for each in members()),
)


def create_app(folder: Path | None = None) -> Flask:
    """The sandbox with its state under `folder`, or in memory only. Starts the push threads."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    app.json.sort_keys = False  # type: ignore[attr-defined]  # flask types it as the base provider
    world = World(folder)
    app.extensions["sandbox_world"] = world
    app.extensions["sandbox_windows"] = Windows()
    for api in (pairfon.api, control.api, handset.pages, *(each.api for each in members())):
        app.register_blueprint(api)
    for flavour in (CLOUD_MESSAGING, ULTIMATE_SMS):
        app.register_blueprint(messaging.build(flavour))
    app.before_request(_enter)
    app.after_request(request_gate.leave)
    app.register_error_handler(request_gate.Refused, _refused)
    app.register_error_handler(ValueError, _bad_value)
    app.register_error_handler(HTTPException, _http_error)
    Pusher(world).start()
    return app


def _enter() -> Response | None:
    mount = next((each for each in _MOUNTS if request.path.startswith(each.prefix + "/")), None)
    return request_gate.enter(mount) if mount else control.guard()


def _refused(error: request_gate.Refused) -> Response:
    return request_gate.refusal(error.status, error.message)


def _bad_value(error: ValueError) -> Response:
    # Only a control's input is read by functions that raise it; elsewhere it is a mistake of ours.
    if "mount" in g:
        raise error
    response = jsonify(message=str(error))
    response.status_code = 400
    return response


def _http_error(error: HTTPException) -> Response:
    if "mount" in g:
        return request_gate.http_refusal(error)
    response = jsonify(message=error.description)
    response.status_code = error.code or 500
    return response
