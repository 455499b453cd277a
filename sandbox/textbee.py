"""The textbee API, as far as it sends, lists and registers: https://github.com/textbee/textbee

Webhooks go to private addresses too, as on a server of one's own that allows it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import clock, textbee_hooks
from sandbox.accounts import Account
from sandbox.member import Member
from sandbox.mount import Mount
from sandbox.request_gate import Refused, account, body, endpoint, world
from sandbox.textbee_lists import page, row
from sandbox.textbee_state import EVENTS, TextbeeState, new_id

MOST_HOOKS, SHORTEST_SECRET, LONGEST_NAME = 5, 20, 64


def _errors(status: int, message: str) -> Response:
    said = {401: "Unauthorized", 429: "ThrottlerException: Too Many Requests"}.get(status, message)
    response = jsonify({"statusCode": status, "message": said})
    response.status_code = status
    return response


MOUNT = Mount(
    provider="textbee",
    prefix="/textbee",
    scheme="x-api-key",
    bad_input=400,
    limits_auth=False,
    error_body=lambda message: {"success": False, "error": message},
    key=lambda: request.headers.get("x-api-key", ""),
    errors=_errors,
)
api = Blueprint("textbee", __name__, url_prefix=f"{MOUNT.prefix}/api/v1")


@api.post("/gateway/send-sms")
def send() -> tuple[Response, int] | Response:
    given = body()
    with world().lock:
        state = account().state
        device = _device(given.get("deviceId"))
        if device is None or not device["enabled"]:
            return _refused("Device does not exist or is not enabled")
        message, recipients = given.get("message"), given.get("recipients")
        if not isinstance(message, str) or not message.strip():
            return _refused("Message cannot be blank")
        if not isinstance(recipients, list) or not all(isinstance(to, str) for to in recipients):
            return _refused("Invalid recipients")
        if len(recipients) != 1:
            return _refused("The sandbox sends to one recipient a call")
        sim = given.get("simSubscriptionId")
        if sim is not None and sim not in [each["subscriptionId"] for each in state.sims(device)]:
            return _refused("Invalid simSubscriptionId")
        sent = _send(device, recipients[0].replace(" ", ""), message, sim)
    told = {"success": True, "message": "SMS added to queue for processing"}
    return jsonify(data={**told, "smsBatchId": sent["id"], "recipientCount": 1})


def _device(number: Any) -> dict[str, Any] | None:
    """The device that is named, else the default one."""
    devices = account().state.devices
    if number is None:
        return next(iter(devices.values()), None)
    if number not in devices:
        raise Refused(404, "Device not found")
    return dict(devices[number])


def _send(device: dict[str, Any], to: str, message: str, sim: Any) -> dict[str, Any]:
    numbers = {"id": new_id(), "sms_id": new_id()}
    fields = {**numbers, "phone": to, "text": message, "device_fingerprint": device["_id"]}
    return world().commit(
        account(),
        "send",
        endpoint=endpoint(),
        channel="sms",
        sim_subscription=sim,
        created_at=clock.now(account().settings.clock_offset),
        pushes=textbee_hooks.receipts(account(), fields),
        **fields,
    )


@api.get("/gateway/messages")
def messages() -> Response:
    with world().lock:
        return page(account(), request.args)


@api.get("/gateway/devices")
def devices() -> Response:
    with world().lock:
        return jsonify(data=list(account().state.devices.values()))


@api.patch("/gateway/devices/<number>")
def change_device(number: str) -> Response:
    given = body()
    with world().lock:
        known = _device(number) or {}
        changed = {name: given[name] for name in ("name", "enabled") if name in given}
        world().commit(account(), "device", device={**known, **changed})
        return jsonify(data=account().state.devices[number])


@api.delete("/gateway/devices/<number>")
def remove_device(number: str) -> Response:
    with world().lock:
        _device(number)
        world().commit(account(), "device_deleted", endpoint=endpoint(), device=number)
    return jsonify(data={"success": True})


@api.get("/webhooks")
def hooks() -> Response:
    with world().lock:
        return jsonify(data=list(account().state.hooks.values()))


@api.post("/webhooks")
def add_hook() -> tuple[Response, int]:
    given = body()
    with world().lock:
        if len(account().state.hooks) >= MOST_HOOKS:
            raise Refused(400, f"You can create at most {MOST_HOOKS} webhook subscriptions")
        if "deliveryUrl" not in given or "signingSecret" not in given or "events" not in given:
            raise Refused(400, "deliveryUrl, signingSecret and events are required")
        usual = {"_id": new_id(), "name": None, "isActive": True, "createdAt": clock.now()}
        return jsonify(data=_hook(usual, given)), 201


@api.patch("/webhooks/<number>")
def change_hook(number: str) -> Response:
    given = body()
    with world().lock:
        return jsonify(data=_hook(_known(number), given))


@api.delete("/webhooks/<number>")
def remove_hook(number: str) -> Response:
    with world().lock:
        world().commit(account(), "hook_gone", id=_known(number)["_id"])
    return jsonify(data={"success": True})


def _known(number: str) -> dict[str, Any]:
    found = account().state.hooks.get(number)
    if found is None:
        raise Refused(404, "Subscription not found")
    return dict(found)


def _hook(known: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Keep a webhook with what the caller gave, as far as it is in order."""
    names = ("deliveryUrl", "signingSecret", "events", "isActive", "name")
    made = known | {name: given[name] for name in names if name in given}
    if not str(made["deliveryUrl"]).startswith(("http://", "https://")):
        raise Refused(400, "Delivery URL must use http or https")
    if len(str(made["signingSecret"])) < SHORTEST_SECRET:
        raise Refused(400, "Invalid signing secret")
    if not made["events"]:
        raise Refused(400, "Choose atleast one event to receive")
    if not set(made["events"]) <= EVENTS:
        raise Refused(400, "Invalid event type")
    made["name"] = str(made["name"] or "")[:LONGEST_NAME]
    world().commit(account(), "hook", hook=made)
    return made


def _refused(message: str) -> tuple[Response, int]:
    return jsonify({"success": False, "error": message}), 400


def _shown(of: Account) -> dict[str, Any]:
    every = [*of.state.sent, *of.state.arrived]
    rows = [row(of, each) for each in every]
    messages = [
        {
            "id": each["id"],
            "direction": "outbound" if found["direction"] == "sent" else "inbound",
            "status": found["status"],
            "at": each["at"],
            "phone": each["phone"],
            "message": each["text"],
        }
        for each, found in zip(every, rows, strict=True)
    ]
    messages.sort(key=lambda each: str(each["at"]))
    return {
        "devices": list(of.state.devices.values()),
        "hooks": [{**each, "signingSecret": "***"} for each in of.state.hooks.values()],
        "messages": messages,
    }


MEMBER = Member(
    mount=MOUNT,
    keys="tb_",
    api=api,
    arrives=textbee_hooks.arrives,
    state=TextbeeState,
    status=textbee_hooks.status,
    request=textbee_hooks.request,
    shown=_shown,
)
