"""The httpSMS API, as far as it sends, lists and registers: https://github.com/NdoleStudio/httpsms

A phone is added, reports and is removed as the app does it.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import clock, httpsms_checks, httpsms_hooks, httpsms_lists
from sandbox.httpsms_checks import Invalid
from sandbox.httpsms_state import HttpsmsState, phone
from sandbox.member import Member
from sandbox.mount import Mount
from sandbox.request_gate import Refused, account, body, endpoint, world

MOST_HOOKS = 10
UNAUTHORIZED = "You are not authorized to carry out this request."
BROKEN = "We ran into an internal error while handling the request."
TOO_MANY = "You can't create more than 10 webhooks contact us to upgrade to our enterprise plan."


DETAILS = {
    400: "The request body is not a valid JSON string",
    401: "Make sure your API key is set in the [x-api-key] header in the request",
}


def _errors(status: int, message: str) -> Response:
    said = UNAUTHORIZED if status == 401 else message
    details = {"data": DETAILS[status]} if status in DETAILS else {}
    response = jsonify({"status": "error", "message": said, **details})
    response.status_code = status
    return response


MOUNT = Mount(
    provider="httpsms",
    prefix="/httpsms",
    scheme="x-api-key",
    bad_input=400,
    limits_auth=False,
    error_body=lambda message: {"status": "error", "message": message},
    key=lambda: request.headers.get("x-api-key", ""),
    errors=_errors,
)
api = Blueprint("httpsms", __name__, url_prefix=f"{MOUNT.prefix}/v1")


@api.errorhandler(Invalid)
def invalid(error: Invalid) -> Response:
    told = f"validation errors while {error.what}"
    response = jsonify(status="error", message=told, data=error.fields)
    response.status_code = 422
    return response


def _ok(message: str, data: Any = None) -> Response:
    return jsonify(status="success", message=message, data=data)


@api.post("/messages/send")
def send() -> Response:
    with world().lock:
        found = httpsms_checks.message(account(), body())
        fields = {
            "id": str(uuid.uuid4()),
            "phone": found["to"],
            "text": found["content"],
            "device_fingerprint": found["from"],
            "sim": found["phone"]["sim"],
            "attachments": found["attachments"],
            "request_id": found["request_id"] or None,
            "encrypted": bool(found["encrypted"]),
            "created_at": clock.now(account().settings.clock_offset),
        }
        event = world().commit(
            account(),
            "send",
            endpoint=endpoint(),
            channel="mms" if found["attachments"] else "sms",
            pushes=httpsms_hooks.receipts(account(), fields),
            **fields,
        )
        return _ok("message added to queue", httpsms_lists.sent(account(), event))


@api.get("/messages")
def messages() -> Response:
    with world().lock:
        owner, contact = httpsms_checks.owner(request.args), request.args.get("contact", "")
        every = httpsms_lists.messages(account(), owner, contact)
        return _page("message", every, 20)


@api.get("/messages/<number>")
def message(number: str) -> Response:
    with world().lock:
        found = httpsms_lists.message(account(), number)
        return _ok("message fetched successfully", found)


@api.get("/message-threads")
def threads() -> Response:
    with world().lock:
        archived = request.args.get("is_archived", "false").casefold() in ("true", "1")
        owner = httpsms_checks.owner(request.args)
        return _page(
            "message thread", httpsms_lists.threads(account(), owner, archived=archived), 20
        )


@api.put("/message-threads/<number>")
def change_thread(number: str) -> Response:
    archived = bool(body().get("is_archived"))
    with world().lock:
        world().commit(account(), "archive", thread=number, archived=archived)
    return _ok("message thread updated successfully")


@api.get("/phones")
def phones() -> Response:
    with world().lock:
        return _page("phone", list(account().state.phones.values()), 20)


@api.put("/phones")
def change_phone() -> Response:
    given = body()
    with world().lock:
        made = phone(account().key, {**given, "phone_number": httpsms_checks.number(given)})
        world().commit(account(), "phone", phone=made)
    return _ok("phone updated successfully", made)


@api.delete("/phones/<number>")
def remove_phone(number: str) -> Response:
    httpsms_checks.uuid4(number, "phoneID", "deleting phone")
    with world().lock:
        if number not in account().state.phones:
            raise Refused(404, f"cannot find phone with ID [{number}]")
        world().commit(account(), "device_deleted", endpoint=endpoint(), device=number)
    return _ok("phone deleted successfully")


@api.get("/heartbeats")
def heartbeats() -> Response:
    with world().lock:
        owner = httpsms_checks.owner(request.args)
        return _page("heartbeat", httpsms_lists.heartbeats(account(), owner), 20)


@api.post("/heartbeats")
def heartbeat() -> tuple[Response, int]:
    numbers = list(map(str, body().get("phone_numbers") or []))
    with world().lock:
        world().commit(account(), "heartbeat", numbers=numbers, seen=clock.now())
    return _ok(f"[{len(numbers)}] heartbeats received successfully"), 201


@api.get("/billing/usage")
def usage() -> Response:
    with world().lock:
        return _ok("fetched current billing usage", httpsms_lists.usage(account()))


@api.get("/webhooks")
def hooks() -> Response:
    with world().lock:
        every = sorted(account().state.hooks.values(), key=lambda each: str(each["created_at"]))
        return _page("webhook", every[::-1], 100)


@api.post("/webhooks")
def add_hook() -> tuple[Response, int]:
    given = body()
    with world().lock:
        made = httpsms_checks.webhook(account(), given, "storing webhook")
        if len(account().state.hooks) >= MOST_HOOKS:
            raise Refused(402, TOO_MANY)
        now = clock.now()
        return _hook({"id": str(uuid.uuid4()), "created_at": now, **made}, "created"), 201


@api.put("/webhooks/<number>")
def change_hook(number: str) -> Response:
    given = body()
    with world().lock:
        made = httpsms_checks.webhook(account(), given, "updating webhook")
        return _hook({**_known(number), **made}, "updated")


@api.delete("/webhooks/<number>")
def remove_hook(number: str) -> Response:
    httpsms_checks.uuid4(number, "webhookID", "deleting webhook")
    with world().lock:
        world().commit(account(), "hook_gone", id=_known(number)["id"])
    return _ok("webhook deleted successfully")


def _known(number: str) -> dict[str, Any]:
    found = account().state.hooks.get(number)
    if found is None:
        # Where one would expect a 404.
        raise Refused(500, BROKEN)
    return dict(found)


def _hook(made: dict[str, Any], word: str) -> Response:
    made |= {"user_id": account().state.user, "updated_at": clock.now()}
    world().commit(account(), "hook", hook=made)
    return _ok(f"webhook {word} successfully", made)


def _page(noun: str, every: list[dict[str, Any]], most: int) -> Response:
    found = httpsms_checks.page(every, request.args, most)
    return _ok(f"fetched {len(found)} {noun}{'' if len(found) == 1 else 's'}", found)


MEMBER = Member(
    mount=MOUNT,
    keys="hs_",
    api=api,
    arrives=httpsms_hooks.arrives,
    state=HttpsmsState,
    status=httpsms_hooks.status,
    request=httpsms_hooks.request,
    shown=httpsms_lists.shown,
)
