"""The way into Twilio's API: whose key it is, and errors with Twilio's codes."""

from __future__ import annotations

import base64
import binascii
from typing import Any, NoReturn

from flask import Response, g, jsonify, request

from sandbox.mount import Mount
from sandbox.request_gate import Refused
from sandbox.twilio_state import sid

PREFIX = "/twilio"
CODES = {400: 20001, 401: 20003, 403: 20003, 404: 20404, 405: 20004, 429: 20429}
SERVER_ERROR = 20500


def _key() -> str:
    """The Auth Token of the account whose SID, or API key, signs in with it."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, token = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    known = name in (sid("AC", token), sid("SK", token))
    return token if scheme.lower() == "basic" and known else ""


def _error(number: int, code: int, message: str) -> dict[str, Any]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": number}


def _errors(number: int, message: str) -> Response:
    code = g.get("twilio_code") or CODES.get(number, SERVER_ERROR)
    says = {401: "Authenticate", 429: "Too Many Requests"}.get(number, message)
    response = jsonify(_error(number, code, says))
    response.status_code = number
    return response


def refuse(code: int, message: str, number: int = 400) -> NoReturn:
    g.twilio_code = code
    raise Refused(number, message)


MOUNT = Mount(
    provider="twilio",
    prefix=PREFIX,
    scheme="Basic",
    bad_input=400,
    limits_auth=False,
    error_body=lambda message: _error(500, SERVER_ERROR, message),
    key=_key,
    errors=_errors,
)
