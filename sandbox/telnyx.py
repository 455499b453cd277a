"""The Telnyx API, as far as it sends, lists and registers: https://developers.telnyx.com"""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import clock, telnyx_hooks
from sandbox.accounts import Account
from sandbox.member import Member
from sandbox.mount import Mount
from sandbox.request_gate import account, body, endpoint, world
from sandbox.telnyx_state import KEPT, NAME, TelnyxState

COST = 0.004
_CODES = {
    400: ("10015", "Bad Request"),
    401: ("10009", "Authentication failed"),
    403: ("10010", "Authorization failed"),
    404: ("10005", "Resource not found"),
    422: ("10027", "Unprocessable Entity"),
    429: ("10011", "Too many requests"),
}
_NUMBER, _SHORT = re.compile(r"\+[1-9][0-9]{7,14}"), re.compile(r"[0-9]{3,8}")
_KEY = re.compile(r"[A-Za-z0-9_:-]{1,255}")
_CHANGED = ("name", "webhook_url", "webhook_failover_url", "webhook_api_version", "enabled")


def _words(code: str, title: str, detail: str, pointer: str = "") -> dict[str, Any]:
    place = {"source": {"pointer": pointer}} if pointer else {}
    return {"errors": [{"code": code, "title": title, "detail": detail, **place}]}


def _errors(status: int, message: str) -> Response:
    return _refused(status, *_CODES.get(status, ("10007", "Unexpected error")), message)


def _refused(status: int, code: str, title: str, detail: str, pointer: str = "") -> Response:
    response = jsonify(_words(code, title, detail, pointer))
    response.status_code = status
    return response


MOUNT = Mount(
    provider="telnyx",
    prefix="/telnyx",
    scheme="Bearer",
    bad_input=400,
    limits_auth=False,
    error_body=lambda message: _words("10007", "Unexpected error", message),
    errors=_errors,
)
api = Blueprint("telnyx", __name__, url_prefix=f"{MOUNT.prefix}/v2")


@api.post("/messages")
def send() -> Response:
    key, raw = request.headers.get("Idempotency-Key", ""), request.get_data()
    if key and not _KEY.fullmatch(key):
        return _refused(400, "10015", "Bad Request", "The Idempotency-Key is malformed.")
    digest = hashlib.sha256(raw).hexdigest()
    with world().lock:
        known = account().state.answered(key) if key else None
        if known and known["digest"] != digest:
            said = "The Idempotency-Key was used with a different request."
            return _refused(422, *_CODES[422], said)
        if known:
            return jsonify(data=known["message"])
        return _send(body(), key, digest)


def _send(given: dict[str, Any], key: str, digest: str) -> Response:
    """Carry a send out, or refuse it as the first rule says that it breaks."""
    state = account().state
    sender, profile = given.get("from"), given.get("messaging_profile_id")
    profile = profile or state.numbers.get(sender)
    if wrong := _wrong(given, sender, profile):
        return _refused(*wrong)
    if not sender:
        sender = next((each for each in state.numbers if state.numbers[each] == profile), None)
    if (profile, given["to"]) in state.blocked:
        said = f"Messages cannot be sent from '{sender}' to '{given['to']}' due to an existing"
        return _refused(400, "40300", "Blocked due to STOP message", f"{said} block rule.")
    message = _message(given, str(sender), str(profile))
    fields = {"id": message["id"], "phone": given["to"], "text": message["text"], "cost": COST}
    kept = {"idempotency_key": key, "digest": digest, "kept_until": time.time() + KEPT}
    world().commit(
        account(),
        "send",
        endpoint=endpoint(),
        channel=message["type"].lower(),
        sender_id=sender,
        message=message,
        pushes=telnyx_hooks.receipts(account(), message),
        **fields,
        **kept,
    )
    return jsonify(data=message)


def _wrong(
    given: dict[str, Any], sender: Any, profile: Any
) -> tuple[int, str, str, str, str] | None:
    """Why a send is refused, None where it is in order."""
    state, to = account().state, given.get("to")
    if not isinstance(to, str) or not (_NUMBER.fullmatch(to) or _SHORT.fullmatch(to)):
        said = f"The phone number '{to}' must be in +E.164 format."
        return 400, "10016", "Phone number must be in +E.164 format", said, "/to"
    if profile not in state.profiles or sender not in (None, NAME, *state.numbers):
        said = f"The source '{sender}' is not assigned to a messaging profile of yours."
        return 400, "40305", "Invalid 'from' address", said, "/from"
    if not given.get("text") and not given.get("media_urls"):
        return 400, "40316", "No content provided", "A message needs text or media.", "/text"
    if given.get("media_urls") and given.get("type") == "SMS":
        said = "Media cannot be sent by SMS."
        return 400, "10015", "Bad Request", said, "/type"
    if account().settings.balance - state.spent < COST:
        return 403, "20100", "Insufficient Funds", "The account's balance is used up.", ""
    return None


def _message(given: dict[str, Any], sender: str, profile: str) -> dict[str, Any]:
    media = [{"url": each, "content_type": None} for each in given.get("media_urls") or ()]
    return {
        "record_type": "message",
        "direction": "outbound",
        "id": str(uuid.uuid4()),
        "type": "MMS" if media else "SMS",
        "messaging_profile_id": profile,
        "from": {"phone_number": sender, "carrier": "Telnyx", "line_type": "Wireless"},
        "to": [{"phone_number": given["to"], "status": "queued", "carrier": "", "line_type": ""}],
        "cc": [],
        "text": given.get("text") or "",
        "media": media,
        "webhook_url": given.get("webhook_url"),
        "webhook_failover_url": given.get("webhook_failover_url"),
        "encoding": "GSM-7",
        "parts": 1,
        "tags": [],
        "cost": {"amount": str(COST), "currency": "USD"},
        "received_at": clock.now(),
        "sent_at": None,
        "completed_at": None,
        "errors": [],
    }


@api.get("/balance")
def balance() -> Response:
    left = f"{account().settings.balance - account().state.spent:.2f}"
    facts = {"balance": left, "available_credit": left, "credit_limit": "0.00", "pending": "0.00"}
    return jsonify(data={"record_type": "balance", **facts, "currency": "USD"})


@api.get("/phone_numbers/messaging")
def numbers() -> Response:
    with world().lock:
        pairs = list(account().state.numbers.items())
    kind = {"record_type": "messaging_phone_number", "type": "longcode", "country_code": "US"}
    return _page([{**kind, "phone_number": n, "messaging_profile_id": p} for n, p in pairs])


@api.get("/messaging_profiles")
def profiles() -> Response:
    with world().lock:
        return _page(list(account().state.profiles.values()))


@api.get("/messaging_profiles/<number>/alphanumeric_sender_ids")
def names(number: str) -> Response:
    if number not in account().state.profiles:
        return _errors(404, "The requested resource or URL could not be found.")
    first = next(iter(account().state.profiles))
    row = {"record_type": "alphanumeric_sender_id", "alphanumeric_sender_id": NAME}
    return _page([{**row, "messaging_profile_id": number}] if number == first else [])


@api.patch("/messaging_profiles/<number>")
def change_profile(number: str) -> Response:
    given = body()
    with world().lock:
        known = account().state.profiles.get(number)
        if known is None:
            return _errors(404, "The requested resource or URL could not be found.")
        changed = {name: given[name] for name in _CHANGED if name in given}
        world().commit(account(), "profile", endpoint=endpoint(), profile={**known, **changed})
        return jsonify(data=account().state.profiles[number])


def _page(rows: list[dict[str, Any]]) -> Response:
    number = request.args.get("page[number]", 1, type=int)
    size = min(request.args.get("page[size]", 20, type=int), 250)
    pages = max(1, -(-len(rows) // size))
    meta = {"page_number": number, "page_size": size, "total_pages": pages}
    shown = rows[(number - 1) * size : number * size]
    return jsonify(data=shown, meta={**meta, "total_results": len(rows)})


def _shown(of: Account) -> dict[str, Any]:
    sent = [
        _line(each, "outbound", of.state.statuses.get(each["id"], "queued"))
        for each in of.state.sent
    ]
    arrived = [_line(each, "inbound", "received") for each in of.state.arrived]
    messages = sorted([*sent, *arrived], key=lambda each: each["at"])
    facts = {"public_key": of.state.public_key, "numbers": of.state.numbers}
    return {**facts, "profiles": list(of.state.profiles.values()), "messages": messages}


def _line(event: dict[str, Any], direction: str, status: str) -> dict[str, Any]:
    shown = {"id": event["id"], "direction": direction, "status": status, "at": event["at"]}
    return {**shown, "phone": event["phone"], "message": event["text"]}


MEMBER = Member(
    mount=MOUNT,
    keys="tx_",
    api=api,
    arrives=telnyx_hooks.arrives,
    state=TelnyxState,
    status=telnyx_hooks.status,
    request=telnyx_hooks.request,
    shown=_shown,
)
