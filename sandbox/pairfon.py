"""The Pairfon API: texts through one's own phones, their history, devices and webhooks."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, request

from sandbox import assumptions, forms
from sandbox.log import Event
from sandbox.log_lines import new_text
from sandbox.mount import Mount
from sandbox.pairfon_state import Message, inbound_object
from sandbox.request_gate import Refused, account, body, endpoint, world

MOUNT = Mount(
    provider="pairfon",
    prefix="/pairfon",
    scheme="Bearer",
    bad_input=400,
    limits_auth=True,
    error_body=lambda message: {"message": message},
)
api = Blueprint("pairfon", __name__, url_prefix=MOUNT.prefix)
_PHONE = re.compile(r"\+?[0-9]{3,15}")
_HISTORY_NAMES = {"received_at": "created_at"}
_SLOTS = ("SIM1", "SIM2")


@api.post("/chat/send")
def chat_send() -> Response:
    sent = _send(_slot(body().get("sim_slot"), required=True))
    return jsonify(message="SMS queued.", queueId=sent["queue_id"])


@api.post("/zapier/send-sms")
def zapier_send() -> Response:
    sent = _send(_slot(body().get("sim_slot"), required=False) or "SIM1")
    shown = {name: sent[name] for name in ("id", "phone", "device_fingerprint", "sim_slot")}
    return jsonify(message="SMS queued successfully.", **shown)


@api.get("/chat/messages")
def chat_messages() -> Response:
    device = _device(request.args.get("device_fingerprint"))
    phone = _phone(request.args.get("phone"))
    page = _whole("page", 1)
    limit = min(_whole("limit", assumptions.MESSAGES_LIMIT), assumptions.MESSAGES_LIMIT_MAX)
    with world().lock:
        rows = list(account().pairfon.thread(device["device_fingerprint"], phone))
    if account().settings.messages_order == "newest":
        rows.reverse()
    shown = [_row(each) for each in rows[(page - 1) * limit : page * limit]]
    pages = max(1, -(-len(rows) // limit))
    return jsonify(messages=shown, total=len(rows), page=page, pages=pages)


@api.get("/chat/conversations")
def chat_conversations() -> Response:
    device = _device(request.args.get("device_fingerprint"))
    with world().lock:
        threads = [list(each) for each in account().pairfon.threads(device["device_fingerprint"])]
    threads.sort(key=lambda thread: thread[-1].id, reverse=True)
    return jsonify(conversations=[_conversation(each) for each in threads])


@api.get("/zapier/inbound-sms")
def inbound_sms() -> Response:
    found = [each for each in _inbound() if each.listed]
    window = found[: account().settings.inbound_window]
    return jsonify([_formed(inbound_object(each), "list") for each in window])


@api.get("/zapier/latest-sms")
def latest_sms() -> Response:
    found = [each for each in _inbound() if each.latest]
    if found:
        return jsonify(_formed(inbound_object(found[0]), "latest") | {"id": found[0].uuid})
    empty = account().settings.latest_empty
    if empty == "404":
        raise Refused(404, "No message has arrived yet.")
    return jsonify(None if empty == "null" else {})


@api.get("/chat/devices")
def chat_devices() -> Response:
    hidden = ("user_id", "fcm_token")
    with world().lock:
        devices = list(account().pairfon.devices.values())
    shown = [{name: each[name] for name in each if name not in hidden} for each in devices]
    return jsonify(devices=shown)


@api.get("/device/list")
def device_list() -> Response:
    with world().lock:
        return jsonify(devices=list(account().pairfon.devices.values()))


@api.delete("/device/delete/<fingerprint>")
def device_delete(fingerprint: str) -> Response:
    with world().lock:
        _device(fingerprint)
        fields = {"endpoint": endpoint(), "device_fingerprint": fingerprint}
        world().commit(account(), "device_deleted", **fields)
    return jsonify(message="Device deleted successfully.")


@api.get("/webhooks/inbound-sms")
def webhooks_get() -> Response:
    with world().lock:
        return jsonify(webhooks=account().pairfon.webhooks)


@api.put("/webhooks/inbound-sms")
def webhooks_put() -> Response:
    given = body().get("webhooks")
    if not isinstance(given, list) or not all(_is_webhook(each) for each in given):
        raise Refused(400, "webhooks must be an array of objects with url and active.")
    dropped = account().settings.webhooks_drop
    with world().lock:
        first = account().pairfon.next_webhook_id
        saved = [
            {"id": number, "url": each["url"], "active": each["active"]}
            for number, each in enumerate(given, first)
            if not dropped or dropped not in each["url"]
        ]
        world().commit(account(), "webhooks", endpoint=endpoint(), webhooks=saved)
    return jsonify(message="Webhook settings saved", webhooks=saved)


def _send(sim_slot: str) -> Event:
    given = body()
    phone, text = _phone(given.get("phone")), _required("message", given.get("message"))
    with world().lock:
        device = _device(given.get("device_fingerprint"))
        if device["selected_sim"] not in ("BOTH", sim_slot):
            raise Refused(403, f"This device may not send from {sim_slot}.")
        fields = new_text(account(), endpoint(), phone=phone, text=text, sim_slot=sim_slot)
        fields["device_fingerprint"] = device["device_fingerprint"]
        if g.fault and g.fault.row_after:
            fields["shown_at"] = time.time() + g.fault.row_after
        return world().commit(account(), "send", **fields)


def _inbound() -> list[Message]:
    """Inbound messages that pass the request's filters, newest first."""
    device, slot = request.args.get("device_fingerprint"), _slot(request.args.get("sim_slot"))
    with world().lock:
        rows = list(account().pairfon.inbound)
    order = account().settings.inbound_order
    if order != "arrival":
        rows.sort(key=lambda each: each.created_at if order == "received_at" else f"{each.id:020d}")
    rows.reverse()
    return [
        each
        for each in rows
        if (not device or each.device == device) and (not slot or each.sim_slot == slot)
    ]


def _row(message: Message) -> dict[str, Any]:
    usual = {
        "id": message.id,
        "direction": message.direction,
        "message": message.text,
        "phone": message.phone,
        "sim_slot": message.sim_slot,
        "status": account().pairfon.status(message, account().settings),
        "created_at": message.created_at,
    }
    own = {_HISTORY_NAMES.get(name, name): each for name, each in message.row.items()}
    return _formed(usual | own, "history")


def _conversation(thread: list[Message]) -> dict[str, Any]:
    last = thread[-1]
    counted = account().settings.conversation_counts
    known = [each for each in thread if counted == "all" or each.direction == "inbound"]
    shown = {
        "phone": last.phone,
        "lastMessage": last.text,
        "lastMessageAt": last.created_at,
        "direction": last.direction,
        "messageCount": len(known),
    }
    return _formed(shown, "conversations")


def _formed(row: dict[str, Any], channel: str) -> dict[str, Any]:
    return forms.shown(row, account().settings.forms.get(channel, ()))


def _device(fingerprint: Any) -> dict[str, Any]:
    wanted = _required("device_fingerprint", fingerprint)
    found = account().pairfon.devices.get(wanted)
    if found is None:
        raise Refused(404, "There is no device with this device_fingerprint in your account.")
    return found


def _required(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused(400, f"{name} is required and must be text.")
    return value


def _phone(value: Any) -> str:
    phone = _required("phone", value)
    if not _PHONE.fullmatch(phone):
        raise Refused(400, "phone must be digits with an optional leading +, such as +1234567890.")
    return phone


def _slot(value: Any, *, required: bool = False) -> str:
    if value in (None, "") and not required:
        return ""
    if value not in _SLOTS:
        raise Refused(400, "sim_slot must be SIM1 or SIM2.")
    return str(value)


def _whole(name: str, default: int) -> int:
    text = request.args.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < 1:
        raise Refused(400, f"{name} must be a whole number from 1.")
    return int(text)


def _is_webhook(given: Any) -> bool:
    if not isinstance(given, dict) or not isinstance(given.get("active"), bool):
        return False
    url = given.get("url")
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
