"""The SMSGate API: the server's under `/3rdparty/v1`, and that within a phone under `/local`."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import clock
from sandbox.log import Event
from sandbox.log_lines import owed
from sandbox.member import Member
from sandbox.mount import Mount
from sandbox.request_gate import Refused, account, body, endpoint, world
from sandbox.smsgate_controls import arrives, shown, status
from sandbox.smsgate_phones import RECEIPTS, Phones, listed, phone, receipts, signed, state_of

SERVER, LOCAL = "/3rdparty/v1", "/local"
_NUMBER = re.compile(r"\+?[1-9][0-9]{7,14}")
EVENTS = {event for event, _ in RECEIPTS.values()} | {"sms:received", "sms:data-received"}
EVENTS |= {"mms:received", "mms:downloaded", "system:ping", "app:started"}


def _key() -> str:
    """The account of a name whose password is the name again."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return name if scheme.lower() == "basic" and name == password else ""


MOUNT = Mount(
    provider="smsgate",
    prefix="/smsgate",
    scheme="Basic",
    bad_input=400,
    limits_auth=False,
    error_body=lambda message: {"message": message},
    key=_key,
)
api = Blueprint("smsgate", __name__, url_prefix=MOUNT.prefix)
View = Callable[..., Any]


def both(method: str, rule: str) -> Callable[[View], View]:
    """A route of the server's API and of the phone's."""

    def routed(view: View) -> View:
        for way in (SERVER, LOCAL):
            name = f"{view.__name__}{way.replace('/', '_')}"
            api.add_url_rule(way + rule, name, view, methods=[method])
        return view

    return routed


@both("POST", "/messages")
def send() -> tuple[Response, int]:
    given = body()
    phones, sim = given.get("phoneNumbers"), given.get("simNumber")
    content = given.get("textMessage")
    words = content.get("text") if isinstance(content, dict) else given.get("message")
    message_id = str(given.get("id") or secrets.token_urlsafe(15))
    if not isinstance(phones, list) or not 1 <= len(phones) <= 100 or len(message_id) > 36:
        raise Refused(400, "Key: 'Message.PhoneNumbers' or 'Message.ID' failed validation")
    if not isinstance(words, str) or not words:
        raise Refused(400, "No message content provided")
    if sim is not None and (not isinstance(sim, int) or not 1 <= sim <= 3):
        raise Refused(400, "Key: 'Message.SimNumber' Error:Field validation failed")
    unchecked = request.args.get("skipPhoneValidation") == "true"
    for row, each in enumerate(phones, 1):
        if not isinstance(each, str) or not (unchecked or _NUMBER.fullmatch(each)):
            raise Refused(
                400, f"failed to enqueue message: failed to use phone in row {row}: invalid"
            )
    with world().lock:
        device = _device(given.get("deviceId"))
        # A server knows an id for each phone; a phone has but one list.
        if account().state.message(message_id, "" if _is_local() else device):
            raise Refused(409, "message with the same ID already exists")
        event = _sent(message_id, phones, words, device, sim)
    return jsonify(state_of(account(), event)), 202


def _sent(message_id: str, phones: list[str], words: str, device: str, sim: int | None) -> Event:
    fields = {
        "endpoint": endpoint(),
        "channel": "sms",
        "id": message_id,
        "phone": ",".join(phones),
        "text": words,
        "device_fingerprint": device,
        "sim_number": sim,
        "at": clock.now(),
    }
    owing = [
        owed(url, told, accepts="2xx", after=after)
        for after, url, told in receipts(account(), fields)
    ]
    return world().commit(account(), "send", **fields, pushes=owing)


@both("GET", "/messages/<message_id>")
def message(message_id: str) -> Response:
    with world().lock:
        found = account().state.message(message_id)
    if found is None:
        raise Refused(404, "message not found")
    return jsonify(state_of(account(), found))


@api.get(f"{SERVER}/devices")
@api.get(f"{LOCAL}/device")
def devices() -> Response:
    with world().lock:
        return jsonify([listed(each) for each in account().state.devices.values()])


@api.post("/mobile/v1/device")
def register() -> tuple[Response, int]:
    """As the app of a further phone does it."""
    made = phone(secrets.token_urlsafe(16)[:21].ljust(21, "0"), str(body().get("name") or "Phone"))
    world().commit(account(), "device", device=made)
    return jsonify(id=made["id"], token=secrets.token_urlsafe(15)), 201


@api.delete(f"{SERVER}/devices/<device>")
def remove(device: str) -> tuple[str, int]:
    with world().lock:
        if device not in account().state.devices:
            raise Refused(404, "record not found")
        world().commit(account(), "device_deleted", endpoint=endpoint(), device_fingerprint=device)
    return "", 204


@both("GET", "/webhooks")
def webhooks() -> Response:
    with world().lock:
        return jsonify(list(account().state.webhooks.values()))


@both("POST", "/webhooks")
def webhook() -> tuple[Response, int]:
    given = body()
    url, event = str(given.get("url")), given.get("event")
    if not url.startswith(("https://", "http://127.0.0.1")):
        raise Refused(400, "url must start with https:// or http://127.0.0.1")
    if event not in EVENTS:
        raise Refused(400, "Unsupported event")
    made = {"id": str(given.get("id") or secrets.token_urlsafe(15)), "url": url, "event": event}
    if given.get("deviceId"):
        made["deviceId"] = _device(given["deviceId"])
    world().commit(account(), "webhook", webhook=made)
    return jsonify(made), 201


@both("DELETE", "/webhooks/<webhook_id>")
def webhook_gone(webhook_id: str) -> tuple[str, int]:
    world().commit(account(), "webhook_deleted", webhook=webhook_id)
    return "", 204


@api.get(f"{SERVER}/inbox")
def inbox_of_server() -> Response:
    raise Refused(501, "Inbox API is not implemented yet")


@api.get(f"{LOCAL}/inbox")
def inbox() -> Response:
    limit, offset = _whole("limit", 50), _whole("offset", 0)
    if not 1 <= limit <= 500:
        raise Refused(400, "limit must be between 1 and 500")
    since, until = (
        clock.seconds(at) if at else None for at in map(request.args.get, ("from", "to"))
    )
    with world().lock:
        rows = [each["row"] for each in account().state.inbox.values()]
    rows.sort(key=lambda each: (clock.seconds(each["createdAt"]), each["id"]), reverse=True)
    kept = [each for each in rows if _within(clock.seconds(each["createdAt"]), since, until)]
    answer = jsonify([_shown(each) for each in kept[offset : offset + limit]])
    answer.headers["X-Total-Count"] = str(len(kept))
    return answer


def _moment(name: str) -> float | None:
    given = request.args.get(name)
    try:
        return clock.seconds(given) if given else None
    except ValueError as wrong:
        raise Refused(400, f"Invalid {name} datetime") from wrong


def _within(at: float, since: float | None, until: float | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    asked = request.args.get("includeAttachments") == "true"
    return row if asked else {**row, "attachments": []}


@api.get(f"{LOCAL}/inbox/<message_id>/attachments/<int:part>")
def attachment(message_id: str, part: int) -> Response:
    found = account().state.inbox.get(message_id)
    for each in found["files"] if found else ():
        if each["partId"] == part:
            return Response(base64.b64decode(each["data"]), mimetype=each["contentType"])
    raise Refused(404, "")


def _is_local() -> bool:
    return request.path.startswith(MOUNT.prefix + LOCAL)


def _device(wanted: Any) -> str:
    known = account().state.devices
    if not wanted and known:
        return str(secrets.choice(list(known)))
    if wanted not in known:
        raise Refused(400, "failed to select device: record not found")
    return str(wanted)


def _whole(name: str, usual: int) -> int:
    given = request.args.get(name)
    return int(given) if given and given.isdecimal() and len(given) < 9 else usual


MEMBER = Member(
    mount=MOUNT,
    keys="sg_",
    api=api,
    arrives=arrives,
    state=Phones,
    status=status,
    request=signed,
    shown=shown,
)
