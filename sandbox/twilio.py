"""The part of Twilio's API that sends, lists and receives messages, in both of its versions."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, g, jsonify, redirect, request

from sandbox import clock, pictures
from sandbox.member import Member
from sandbox.request_gate import account, endpoint, world
from sandbox.twilio_gate import MOUNT, PREFIX, refuse
from sandbox.twilio_state import Twilio, sid
from sandbox.twilio_webhooks import arrives, receipts, shown, status
from sandbox.twilio_webhooks import request as webhook

OLD, NEW = f"{PREFIX}/2010-04-01/Accounts/<account_sid>", f"{PREFIX}/v1"
SHORT_CODE = re.compile(r"[0-9]{3,8}")
NUMBER, NAME = re.compile(r"\+[1-9][0-9]{6,14}"), re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +_-]{1,11}")
MAGIC = {
    "+15005550001": (21211, "The 'To' number {} is not a valid phone number."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
"""Recipients of Twilio's own test credentials."""
MOST_TEXT, MOST_MEDIA, MOST_ROWS = 1600, 10, 1000

api = Blueprint("twilio", __name__)


def _state() -> Twilio:
    found: Twilio = account().state
    return found


@api.url_value_preprocessor
def named_account(_: str | None, values: dict[str, Any] | None) -> None:
    g.account_sid = (values or {}).pop("account_sid", None)


@api.before_request
def own_account() -> None:
    if "account" in g and g.account_sid not in (None, _state().sid):
        refuse(20003, "Authenticate", 401)


@api.post(f"{OLD}/Messages.json")
def send() -> tuple[Response, int]:
    state, form = _state(), request.form
    to, text, media = form.get("To", ""), form.get("Body", ""), form.getlist("MediaUrl")
    callback = form.get("StatusCallback", "")
    _check(to, text, media, callback)
    with world().lock:
        sender, service = _sender(state)
        if (sender, to) in state.opted_out:
            refuse(21610, "Attempt to send to unsubscribed recipient")
        fields = {
            "message_id": sid("MM" if media else "SM", f"{time.time_ns()}/{len(state.sent)}"),
            "channel": "mms" if media else "sms",
            "phone": to,
            "text": text,
            "sender_id": sender,
            "service": service,
            "media": media,
            "segments": str(max(1, -(-len(text) // 153) if len(text) > 160 else 1)),
            "created_at": clock.now(account().settings.clock_offset),
            "callback": callback,
        }
        if g.fault and g.fault.row_after:
            fields["shown_at"] = time.time() + g.fault.row_after
        owing = receipts(account(), fields)
        event = world().commit(account(), "send", endpoint=endpoint(), **fields, pushes=owing)
    return jsonify(state.message(event, {})), 201


def _check(to: str, text: str, media: list[str], callback: str) -> None:
    if not to:
        refuse(21604, "A 'To' phone number is required.")
    if not (NUMBER.fullmatch(to) or SHORT_CODE.fullmatch(to)):
        refuse(21211, f"The 'To' number {to} is not a valid phone number.")
    if to in MAGIC:
        refuse(MAGIC[to][0], MAGIC[to][1].format(to))
    if not text and not media:
        refuse(21619, "A text message body or media urls must be specified.")
    if len(text) > MOST_TEXT:
        refuse(21617, "The concatenated message body exceeds the 1600 character limit")
    if len(media) > MOST_MEDIA or not all(map(_is_address, media)):
        refuse(21620, "Invalid media URL(s)")
    if callback and not _is_address(callback):
        refuse(21609, f"The StatusCallback URL {callback} is not a valid URL.")


def _sender(state: Twilio) -> tuple[str, str]:
    """The number or name that sends, and the service that chose it."""
    sender, service = request.form.get("From", ""), request.form.get("MessagingServiceSid", "")
    first = next(iter(state.numbers.values()))["phone_number"]
    if service:
        if service not in state.services:
            refuse(21705, f"The Messaging Service Sid {service} is invalid.")
        return first, service
    if not sender:
        refuse(21603, "A 'From' phone number is required.")
    own = state.number(sender)
    if own is None and not NAME.fullmatch(sender):
        refuse(21606, f"The From phone number {sender} is not a valid, SMS-capable number.")
    if own and not own["capabilities"]["sms"]:
        refuse(21606, f"The From phone number {sender} is not a valid, SMS-capable number.")
    return sender, ""


@api.get(f"{OLD}/Messages.json")
def messages() -> Response:
    with world().lock:
        after = account().settings.status_after
        rows = [_state().message(each, after) for each in _state().newest_first() if _fits(each)]
    return _page("messages", rows)


def _fits(event: dict[str, Any]) -> bool:
    """ASSUMED: `DateSent` filters by the time of the row, also while it has no `date_sent`."""
    asked, inward = request.args, event["kind"] == "inbound"
    to, sender = (event["to"], event["phone"]) if inward else (event["phone"], event["sender_id"])
    at, since, until = event["created_at"], asked.get("DateSent>"), asked.get("DateSent<")
    return (
        asked.get("To", to) == to
        and asked.get("From", sender) == sender
        and (not since or at[: len(since.rstrip("Z"))] >= since.rstrip("Z"))
        and (not until or at[: len(until.rstrip("Z"))] <= until.rstrip("Z"))
    )


@api.get(f"{OLD}/Messages/<message_sid>.json")
def message(message_sid: str) -> Response:
    return jsonify(_state().message(_found(message_sid), account().settings.status_after))


@api.get(f"{OLD}/Messages/<message_sid>/Media.json")
def media_list(message_sid: str) -> Response:
    event = _found(message_sid)
    path = f"/2010-04-01/Accounts/{_state().sid}/Messages/{message_sid}/Media"
    rows = [
        {"sid": each, "parent_sid": message_sid, "content_type": "image/png"}
        | {"account_sid": _state().sid, "uri": f"{path}/{each}.json"}
        for each in event["media"]
    ]
    return _page("media_list", rows)


@api.get(f"{OLD}/Messages/<message_sid>/Media/<media_sid>")
def media(message_sid: str, media_sid: str) -> Any:
    """ASSUMED: the bytes are on another host, which asks for no key."""
    if media_sid not in _found(message_sid)["media"]:
        refuse(20404, "The requested resource was not found", 404)
    return redirect(f"{request.host_url}twilio-media/{media_sid}", 307)


@api.get("/twilio-media/<media_sid>")
def media_bytes(media_sid: str) -> Response:
    return Response(pictures.png(media_sid), mimetype="image/png")


@api.get(f"{OLD}/Balance.json")
def balance() -> Response:
    return jsonify(account_sid=_state().sid, balance=f"{_state().balance:.4f}", currency="USD")


@api.get(f"{OLD}/IncomingPhoneNumbers.json")
def numbers() -> Response:
    return _page("incoming_phone_numbers", list(_state().numbers.values()))


@api.post(f"{OLD}/IncomingPhoneNumbers/<place>.json")
def change_number(place: str) -> Response:
    return _changed(_state().numbers, place, {"sms_url": "SmsUrl", "sms_method": "SmsMethod"})


@api.get(f"{NEW}/Services")
def services() -> Response:
    return _page("services", list(_state().services.values()))


@api.post(f"{NEW}/Services/<place>")
def change_service(place: str) -> Response:
    names = {"inbound_request_url": "InboundRequestUrl", "inbound_method": "InboundMethod"}
    return _changed(_state().services, place, names)


def _changed(places: dict[str, Any], place: str, names: dict[str, str]) -> Response:
    if place not in places:
        refuse(20404, "The requested resource was not found", 404)
    given = {name: request.form[each] for name, each in names.items() if each in request.form}
    world().commit(account(), "webhooks", endpoint=endpoint(), place=place, changes=given)
    return jsonify(places[place])


def _found(message_sid: str) -> dict[str, Any]:
    event = _state().find(message_sid)
    if event is None:
        refuse(20404, "The requested resource was not found", 404)
    return event


def _page(name: str, rows: list[dict[str, Any]]) -> Response:
    """A page and the address of the next one, which goes on behind its last row."""
    size = min(int(request.args.get("PageSize") or 50), MOST_ROWS)
    number, token = int(request.args.get("Page") or 0), request.args.get("PageToken", "")[2:]
    behind = next((n + 1 for n, each in enumerate(rows) if each["sid"] == token), 0)
    shown_rows = rows[behind : behind + size]
    path, following = request.path.removeprefix(PREFIX), None
    if behind + size < len(rows):
        more = {"PageSize": size, "Page": number + 1, "PageToken": f"PA{shown_rows[-1]['sid']}"}
        following = f"{path}?{urlencode({**request.args, **more})}"
    facts: dict[str, Any] = {"page": number, "page_size": size}
    if path.startswith("/v1"):
        following = f"https://messaging.twilio.com{following}" if following else None
        facts |= {"key": name, "next_page_url": following}
        return jsonify({name: shown_rows, "meta": facts})
    return jsonify({name: shown_rows, **facts, "uri": path, "next_page_uri": following})


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


MEMBER = Member(
    mount=MOUNT,
    keys="tw_",
    api=api,
    arrives=arrives,
    state=Twilio,
    status=status,
    request=webhook,
    shown=shown,
)
