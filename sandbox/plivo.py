"""The part of Plivo's API that sends, lists and registers: https://www.plivo.com/docs/messaging"""

from __future__ import annotations

import base64
import binascii
import re
import time
import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify, request

from sandbox import clock, pictures, plivo_hooks
from sandbox.accounts import Account
from sandbox.member import Member
from sandbox.mount import Mount
from sandbox.plivo_state import NUMBERS, PlivoState, auth_id, digits
from sandbox.request_gate import Refused, account, body, endpoint, world

MOST_ROWS, MOST_TEXT, MOST_MEDIA, COST = 20, 1600, 10, 0.005
_NUMBER, _NAME = re.compile(r"[1-9][0-9]{6,14}"), re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
_CHANGED = ("message_url", "message_method", "answer_url", "answer_method")


def _key() -> str:
    """The Auth Token of the account whose Auth ID signs in with it."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, token = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return token if scheme.lower() == "basic" and name == auth_id(token) else ""


def _said(message: str) -> dict[str, Any]:
    return {"api_id": str(uuid.uuid4()), "error": message}


MOUNT = Mount(
    provider="plivo",
    prefix="/plivo",
    scheme="Basic",
    bad_input=400,
    limits_auth=False,
    error_body=_said,
    key=_key,
)
ACCOUNT = f"{MOUNT.prefix}/v1/Account/<auth_id>"
api = Blueprint("plivo", __name__)


def _state() -> PlivoState:
    found: PlivoState = account().state
    return found


@api.url_value_preprocessor
def named_account(_: str | None, values: dict[str, Any] | None) -> None:
    g.auth_id = (values or {}).pop("auth_id", None)


@api.before_request
def own_account() -> None:
    if "account" in g and g.auth_id != _state().auth_id:
        raise Refused(401, "authentication failed")


@api.get(f"{ACCOUNT}/")
def shown_account() -> Response:
    left = f"{account().settings.balance - _state().spent:.5f}"
    facts = {"account_type": "standard", "billing_mode": "prepaid", "name": "Sandbox"}
    return jsonify(auth_id=_state().auth_id, cash_credits=left, **facts)


@api.post(f"{ACCOUNT}/Message/")
def send() -> tuple[Response, int]:
    given = body()
    phone, text, media = given.get("dst"), given.get("text") or "", given.get("media_urls") or []
    with world().lock:
        sender, powerpack = _sender(given)
        _check(phone, text, media, given.get("type", "sms"))
        event = {
            "id": str(uuid.uuid4()),
            "channel": given.get("type", "sms"),
            "phone": phone,
            "text": text,
            "sender_id": sender,
            "powerpack": powerpack,
            "media": media,
            "cost": COST,
            "error": plivo_hooks.blocked(_state(), sender, str(phone)),
            "at": clock.now(account().settings.clock_offset),
            "callback": given.get("url") or "",
        }
        if g.fault and g.fault.row_after:
            event["shown_at"] = time.time() + g.fault.row_after
        pushes = plivo_hooks.receipts(account(), event)
        world().commit(account(), "send", endpoint=endpoint(), **event, pushes=pushes)
    said = {"api_id": str(uuid.uuid4()), "message": "message(s) queued"}
    return jsonify(**said, message_uuid=[event["id"]]), 202


def _check(phone: Any, text: str, media: Any, kind: Any) -> None:
    if not isinstance(phone, str) or not _NUMBER.fullmatch(digits(phone)):
        raise Refused(400, f"{phone} is not a valid destination number.")
    if kind not in ("sms", "mms") or (kind == "mms") != bool(media):
        raise Refused(400, "The type of this message does not fit its content.")
    if not text and not media:
        raise Refused(400, "text parameter not present")
    if len(text) > MOST_TEXT or len(media) > MOST_MEDIA:
        raise Refused(400, "The message is too long.")
    if account().settings.balance - _state().spent < COST:
        raise Refused(402, "Insufficient credit.")


def _sender(given: dict[str, Any]) -> tuple[str, str]:
    """The number or name that sends, and the Powerpack that chose it."""
    source, powerpack = given.get("src"), given.get("powerpack_uuid")
    if bool(source) == bool(powerpack):
        raise Refused(400, "Specify either src or powerpack_uuid.")
    if powerpack:
        if powerpack != _state().powerpack:
            raise Refused(404, "There is no such Powerpack.")
        return NUMBERS[1], str(powerpack)
    known = _state().numbers.get(digits(str(source)), {})
    if not known.get("sms_enabled") and not _NAME.fullmatch(str(source)):
        raise Refused(400, f"{source} is not a valid source number.")
    return str(source), ""


@api.get(f"{ACCOUNT}/Message/")
def messages() -> Response:
    with world().lock:
        after = account().settings.status_after
        rows = [_state().row(each, after) for each in _state().newest_first()]
    return _page([each for each in rows if _fits(each)])


def _fits(row: dict[str, Any]) -> bool:
    """ASSUMED: a number is found with its plus and without."""
    asked = request.args
    since = asked.get("message_time__gte", "")
    return (
        asked.get("message_direction", row["message_direction"]) == row["message_direction"]
        and digits(asked.get("to_number", row["to_number"])) == row["to_number"]
        and digits(asked.get("from_number", row["from_number"])) == row["from_number"]
        and str(row["message_time"])[: len(since)] >= since
    )


@api.get(f"{ACCOUNT}/Message/<named>/")
def message(named: str) -> Response:
    with world().lock:
        return jsonify(_state().row(_found(named), account().settings.status_after))


@api.get(f"{ACCOUNT}/Message/<named>/Media/<picture>")
def media(named: str, picture: str) -> Response:
    if picture not in _found(named)["media"]:
        raise Refused(404, "not found")
    return Response(pictures.png(picture), mimetype="image/png")


@api.get("/plivo-media/<picture>")
def picture(picture: str) -> Response:
    """For the handset page, which has no login."""
    return Response(pictures.png(picture), mimetype="image/png")


@api.get(f"{ACCOUNT}/Number/")
def numbers() -> Response:
    return _page(list(_state().numbers.values()))


@api.get(f"{ACCOUNT}/Powerpack/")
def powerpacks() -> Response:
    facts = {"sticky_sender": True, "application_id": "", "application_type": ""}
    return _page([{"uuid": _state().powerpack, "name": "Reminders", **facts}])


@api.get(f"{ACCOUNT}/Application/")
def applications() -> Response:
    return _page(list(_state().applications.values()))


@api.post(f"{ACCOUNT}/Application/<place>/")
def change_application(place: str) -> tuple[Response, int]:
    given = body()
    if place not in _state().applications:
        raise Refused(404, "not found")
    changes = {name: given[name] for name in _CHANGED if name in given}
    world().commit(account(), "application", endpoint=endpoint(), place=place, changes=changes)
    return jsonify(api_id=str(uuid.uuid4()), message="changed"), 202


def _found(named: str) -> dict[str, Any]:
    event = _state().find(named)
    if event is None:
        raise Refused(404, "not found")
    return event


def _page(rows: list[dict[str, Any]]) -> Response:
    limit = min(request.args.get("limit", MOST_ROWS, type=int), MOST_ROWS)
    offset, following = request.args.get("offset", 0, type=int), None
    if offset + limit < len(rows):
        more = {**request.args, "limit": limit, "offset": offset + limit}
        following = f"{request.path.removeprefix(MOUNT.prefix)}?{urlencode(more)}"
    meta = {"limit": limit, "offset": offset, "next": following, "total_count": len(rows)}
    return jsonify(api_id=str(uuid.uuid4()), meta=meta, objects=rows[offset : offset + limit])


def _shown(of: Account) -> dict[str, Any]:
    state: PlivoState = of.state
    facts = {"auth_id": state.auth_id, "numbers": list(state.numbers), "powerpack": state.powerpack}
    messages = [_line(of, each) for each in state.newest_first()[::-1]]
    return {**facts, "applications": list(state.applications.values()), "messages": messages}


def _line(of: Account, event: dict[str, Any]) -> dict[str, Any]:
    inward = event["kind"] == "inbound"
    shown = {
        "id": event["id"],
        "direction": "inbound" if inward else "outbound",
        "status": of.state.status(event, of.settings.status_after),
        "at": event["at"],
        "phone": event["phone"],
        "message": event["text"],
    }
    if inward:
        return {**shown, "pictures": [f"/plivo-media/{each}" for each in event["media"]]}
    return {**shown, "media_url": next(iter(event["media"]), None)}


MEMBER = Member(
    mount=MOUNT,
    keys="pl_",
    api=api,
    arrives=plivo_hooks.arrives,
    state=PlivoState,
    status=plivo_hooks.status,
    request=plivo_hooks.request,
    shown=_shown,
)
