"""Vonage's SMS API, its numbers and its balance: https://developer.vonage.com"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import vonage_hooks
from sandbox.accounts import Account
from sandbox.member import Member
from sandbox.mount import Mount
from sandbox.request_gate import account, endpoint, world
from sandbox.vonage_state import NUMBERS, SECRET, VonageState, line, new_id, parts

COST = 0.0333
_NUMBER, _NAME = re.compile(r"[0-9]{7,15}"), re.compile(r"[A-Za-z0-9 ]{1,11}")
_STATUSES = {401: "4", 403: "8", 429: "1", 400: "2"}
LONGEST_CALLBACK, LONGEST_REFERENCE = 100, 100


def _key() -> str:
    """The account of the Basic header, or of `api_key` and `api_secret` in the form."""
    given = request.authorization
    name = given.username if given else request.form.get("api_key")
    secret = given.password if given else request.form.get("api_secret")
    return name or "" if secret == SECRET else ""


def _errors(status: int, message: str) -> Response:
    """The SMS API answers 200 to whatever it read; the others have statuses."""
    if request.path.endswith("/sms/json"):
        return _answer([{"status": _STATUSES.get(status, "2"), "error-text": message}])
    response = jsonify({"error-code": str(status), "error-code-label": message})
    response.status_code = status
    return response


def _answer(messages: list[dict[str, Any]]) -> Response:
    return jsonify({"message-count": str(len(messages)), "messages": messages})


MOUNT = Mount(
    provider="vonage",
    prefix="/vonage",
    scheme="Basic",
    bad_input=400,
    limits_auth=False,
    error_body=lambda message: {"error-code": "500", "error-code-label": message},
    key=_key,
    errors=_errors,
)
api = Blueprint("vonage", __name__, url_prefix=MOUNT.prefix)


@api.post("/sms/json")
def send() -> Response:
    given = request.form
    if wrong := _wrong(given):
        return _answer([{"status": wrong[0], "error-text": wrong[1]}])
    found = parts(given["text"], unicode=given.get("type") == "unicode")
    ids, cost = [new_id() for _ in found], COST * len(found)
    sent = {
        "id": ids[0],
        "ids": ids,
        "phone": given["to"],
        "text": given["text"],
        "sender_id": given["from"],
        "client_ref": given.get("client-ref", ""),
        "callback": given.get("callback", ""),
        "template": given.get("content-id", ""),
        "cost": cost,
        "account_key": account().key,
    }
    with world().lock:
        pushes = vonage_hooks.receipts(account(), sent)
        world().commit(account(), "send", endpoint=endpoint(), channel="sms", **sent, pushes=pushes)
        left = f"{account().settings.balance - account().state.spent:.8f}"
    ours = {"client-ref": sent["client_ref"]} if sent["client_ref"] else {}
    facts = {"to": sent["phone"], "status": "0", "remaining-balance": left, "network": "23410"}
    price = {"message-price": f"{COST:.8f}"}
    return _answer([{**facts, **price, **ours, "message-id": number} for number in ids])


def _wrong(given: Any) -> tuple[str, str] | None:
    """The status and the sentence of a send that breaks a rule."""
    missing = next((name for name in ("from", "to", "text") if not given.get(name)), None)
    if missing:
        return "2", f"Missing {missing} param"
    if not _NUMBER.fullmatch(given["to"]):
        return "3", f"Invalid value for parameter: to {given['to']}"
    if not (_NUMBER.fullmatch(given["from"]) or _NAME.fullmatch(given["from"])):
        return "15", "Illegal Sender Address - rejected"
    if len(given.get("callback", "")) > LONGEST_CALLBACK:
        return "23", "Invalid callback url"
    if len(given.get("client-ref", "")) > LONGEST_REFERENCE:
        return "3", "Invalid value for parameter: client-ref"
    if account().settings.balance - account().state.spent < COST:
        return "9", "Partner quota exceeded"
    return None


@api.get("/account/get-balance")
def balance() -> Response:
    left = round(account().settings.balance - account().state.spent, 4)
    return jsonify(value=left, autoReload=False)


@api.get("/account/numbers")
def numbers() -> Response:
    index = request.args.get("index", 1, type=int)
    size = min(request.args.get("size", 10, type=int), 100)
    kind = {"country": "GB", "type": "mobile-lvn", "moHttpUrl": account().settings.callback_url}
    rows = [{**kind, "msisdn": each, "features": NUMBERS[each]} for each in NUMBERS]
    return jsonify(count=len(rows), numbers=rows[(index - 1) * size : index * size])


def _shown(of: Account) -> dict[str, Any]:
    statuses = of.state.statuses
    sent = [line(each, "outbound", statuses.get(each["id"], "queued")) for each in of.state.sent]
    arrived = [line(each, "inbound", "received") for each in of.state.arrived]
    messages = sorted([*sent, *arrived], key=lambda each: each["at"])
    return {"signature_secret": of.state.signature_secret, "messages": messages}


MEMBER = Member(
    mount=MOUNT,
    keys="vn_",
    api=api,
    arrives=vonage_hooks.arrives,
    state=VonageState,
    status=vonage_hooks.status,
    request=vonage_hooks.request,
    shown=_shown,
)
