"""Controls of one account, for tests and the handset: inject, set, break, and look."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import clock, forms, report
from sandbox.accounts import Account, beginnings
from sandbox.control_input import BadControl, many, number, one, text
from sandbox.faults import checked_fault
from sandbox.log_lines import owed
from sandbox.messaging import receipt
from sandbox.request_gate import windows, world
from sandbox.settings import checked

api = Blueprint("control", __name__, url_prefix="/_control")
HANDSET_FORM = "handset.write"


def guard() -> Response | None:
    """Controls have no password, so they serve this machine only and no foreign web page.

    A page in a browser cannot send JSON across origins without asking, and is not allowed to. A
    form it can send, but the browser names its origin, and only the handset's own is taken.
    """
    if request.remote_addr not in (None, "", "::1") and not request.remote_addr.startswith("127."):
        return _told(403, "The sandbox's controls and pages answer this machine only.")
    if request.method not in ("POST", "PUT") or request.is_json:
        return None
    if request.endpoint != HANDSET_FORM:
        return _told(415, "Send JSON with Content-Type: application/json.")
    if request.headers.get("Origin") != request.host_url.rstrip("/"):
        return _told(403, "Only the handset page itself may send this form.")
    return None


def _told(status: int, message: str) -> Response:
    response = jsonify(message=message)
    response.status_code = status
    return response


@api.post("/accounts/<key>/inbound")
def inbound(key: str) -> Response:
    # At one moment: who asks for the list meanwhile sees all of them or none.
    with world().lock:
        made = [arrive(key, each) for each in many()]
    return jsonify(made if isinstance(request.json, list) else made[0])


def arrive(key: str, given: dict[str, Any]) -> dict[str, Any]:
    """Let one text arrive at an account, and return what to show of it.

    Raises BadControl for a key or a text that makes no sense, and for an account whose provider
    carries texts one way only.
    """
    account = _account(key)
    if account.member:
        return account.member.arrives(account, given)
    return _arrive(_account(key, "pairfon"), given)


@api.post("/accounts/<key>/devices")
def devices(key: str) -> Response:
    account, given = _account(key, "pairfon"), one()
    fingerprint = text(given, "device_fingerprint")
    if given.get("selected_sim", "BOTH") not in ("SIM1", "SIM2", "BOTH"):
        raise BadControl("selected_sim is SIM1, SIM2 or BOTH.")
    usual = {
        "device_name": fingerprint,
        "status": "active",
        "selected_sim": "BOTH",
        "user_id": 1,
        "fcm_token": f"fcm_{fingerprint}",
    }
    with world().lock:
        device = usual | account.pairfon.devices.get(fingerprint, {}) | given
        world().commit(account, "device", device=device)
    return jsonify(device)


@api.post("/accounts/<key>/repaired")
def repaired(key: str) -> Response:
    account, given = _account(key, "pairfon"), one()
    names = {name: text(given, name) for name in ("device_fingerprint", "new_fingerprint")}
    with world().lock:
        if names["device_fingerprint"] not in account.pairfon.devices:
            raise BadControl("There is no such device.")
        again = bool(given.get("restart_ids", False))
        world().commit(account, "repaired", **names, restart_ids=again)
    return jsonify(names)


@api.post("/accounts/<key>/status")
def status(key: str) -> Response:
    account = _account(key)
    if account.member and account.member.status:
        return jsonify(account.member.status(account, one()))
    account, given = _account(key, "pairfon"), one()
    word = text(given, "status")
    with world().lock:
        found = [
            each["id"]
            for each in account.received
            if each["kind"] == "send"
            and ("id" not in given or each["id"] == given["id"])
            and ("queue_id" not in given or each["queue_id"] == given["queue_id"])
        ]
        if not found:
            raise BadControl("No such outbound message. Give its id or its queue_id.")
        world().commit(account, "status", id=found[-1], status=word)
    return jsonify(id=found[-1], status=word)


@api.put("/accounts/<key>/settings")
def settings(key: str) -> Response:
    account = _account(key)
    world().commit(account, "settings", changes=checked(one()))
    windows().clear(f"key/{key}")
    return jsonify(report.settings(account))


@api.post("/accounts/<key>/receipts")
def receipts(key: str) -> Response:
    account = _account(key)
    url = account.settings.callback_url
    if not url:
        raise BadControl("The account has no callback_url; set it with PUT settings first.")
    pushes = []
    for given in many():
        words = (text(given, "message_id"), text(given, "status"))
        fields = receipt(*words, given.get("reason"), given.get("timestamp"))
        after, times = number(given, "after", 0), int(number(given, "times", 1))
        pushes += [owed(url, fields, accepts="200", after=after) for _ in range(times)]
    world().commit(account, "receipts", pushes=pushes)
    return jsonify(queued=len(pushes))


@api.post("/accounts/<key>/faults")
def faults(key: str) -> Response:
    made = [checked_fault(each) for each in many()]
    world().commit(_account(key), "faults", faults=made)
    return jsonify(faults=made)


@api.delete("/accounts/<key>/faults")
def faults_clear(key: str) -> Response:
    world().commit(_account(key), "faults_cleared")
    return jsonify(faults=[])


@api.get("/accounts/<key>/received")
def received(key: str) -> Response:
    account, kind = _account(key), request.args.get("kind")
    since = request.args.get("since", 0, type=int)
    with world().lock:
        found = [each for each in account.received if each["seq"] > since]
    return jsonify(received=[each for each in found if kind in (None, "", each["kind"])])


@api.get("/accounts/<key>/calls")
def calls(key: str) -> Response:
    account, since = _account(key), request.args.get("since", 0.0, type=float)
    return jsonify(calls=[each for each in list(account.calls) if each["at"] > since])


@api.get("/accounts/<key>/pushes")
def pushes(key: str) -> Response:
    account = _account(key)
    with world().lock:
        return jsonify(pushes=[report.push(each) for each in account.pushes.values()])


@api.get("/accounts/<key>/state")
def state(key: str) -> Response:
    account = _account(key)
    with world().lock:
        return jsonify(report.state(account))


@api.delete("/accounts/<key>")
def reset(key: str) -> Response:
    world().commit(_account(key), "reset")
    windows().clear(f"key/{key}")
    return jsonify(message="The account is as new. Its log lines stay in the log.")


@api.delete("/auth-failures")
def auth_failures() -> Response:
    windows().clear("auth/")
    return jsonify(message="Every client address may fail to authenticate again.")


def _arrive(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """Commit one inbound message and the webhooks that it owes, in one log line."""
    listed, offset = bool(given.get("list", True)), account.settings.clock_offset
    fields = {
        "uuid": str(given.get("uuid") or uuid.uuid4()),
        "phone": text(given, "phone"),
        "text": text(given, "message"),
        "sim_slot": str(given.get("sim_slot") or "SIM1"),
        "received_at": str(given.get("received_at") or clock.to_the_second(clock.now(offset))),
        "row": dict(given.get("row") or {}),
        "list": listed,
        "latest": bool(given.get("latest", listed)),
    }
    with world().lock:
        first = next(iter(account.pairfon.devices), "sandbox-phone-1")
        fields["device_fingerprint"] = str(given.get("device_fingerprint") or first)
        fields["id"] = int(number(given, "id", account.pairfon.next_id))
        item = forms.shown(_item(fields), account.settings.forms.get("webhook", ()))
        times = int(number(given, "webhook_times", 1)) if given.get("webhook", True) else 0
        urls = [each["url"] for each in account.pairfon.webhooks if each["active"]] * times
        owing = [owed(url, item, accepts="2xx") for url in urls]
        world().commit(account, "inbound", **fields, pushes=owing)
    return item | {"uuid": fields["uuid"], "pushes": len(owing)}


def _item(fields: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "phone", "sim_slot", "device_fingerprint", "received_at")
    usual = {name: fields[name] for name in names} | {"message": fields["text"]}
    return {**usual, **fields["row"]}


def _account(key: str, provider: str = "") -> Account:
    found = world().account(key)
    if found is None:
        begins = ", ".join(beginnings())
        raise BadControl(
            f"A key is one of {begins} and then letters, digits, dot, dash: 8 or more."
        )
    if provider and found.provider != provider:
        raise BadControl(f"This control is for {provider} accounts (keys that begin pf_).")
    return found
