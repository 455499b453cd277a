"""The messaging family's API: contacts, groups, SMS, MMS, profile, in whichever flavour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from sandbox import clock, texts
from sandbox.flavours import Flavour
from sandbox.log import Event
from sandbox.log_lines import new_id, owed
from sandbox.pages import paginated
from sandbox.request_gate import Refused, account, body, endpoint, world


def build(flavour: Flavour) -> Blueprint:
    """The flavour's API as a blueprint."""
    api = Blueprint(flavour.mount.provider, __name__, url_prefix=flavour.mount.prefix)
    for operation, (method, path) in flavour.routes.items():
        api.add_url_rule(path, operation, _OPERATIONS[operation], methods=[method])

    @api.before_request
    def remember() -> None:
        g.flavour = flavour

    return api


def _flavour() -> Flavour:
    found: Flavour = g.flavour
    return found


def _list_contacts(group_id: str | None = None) -> Response:
    wanted = group_id or next(
        (request.args[name] for name in ("group_id", "group_uid", "group") if name in request.args),
        None,
    )
    with world().lock:
        if wanted:
            _group(wanted)
        rows = account().messaging.members(wanted) if wanted else list(account().messaging.contacts)
    return _success(paginated([_flavour().contact(each) for each in rows]))


def _store_contact(group_id: str) -> Response:
    given, fields = body(), _flavour().fields
    phone = texts.phone(given.get(fields["phone"]), fields["phone"])
    names = {name: texts.optional(given, fields[name]) for name in ("first_name", "last_name")}
    with world().lock:
        _group(group_id)
        members = account().messaging.members(group_id)
        if account().settings.unique_contacts and any(each["phone"] == phone for each in members):
            raise Refused(422, "This phone is already in the group.")
        contact = {"uid": new_id("c_"), "group_uid": group_id, "phone": phone, **names}
        world().commit(account(), "contact", endpoint=endpoint(), contact=contact)
    return _success(_flavour().contact(contact), _flavour().contact_stored)


def _list_groups() -> Response:
    with world().lock:
        rows = list(account().messaging.groups.values())
    return _success(paginated(rows))


def _create_group() -> Response:
    given = body()
    name = texts.required(given, "name")
    description = texts.optional(given, "description")
    group = {"uid": new_id("g_"), "name": name, "description": description}
    world().commit(account(), "group", endpoint=endpoint(), group=group)
    return _success(group, "Contact group was successfully added")


def _send_sms() -> Response:
    given = body()
    kind = texts.required(given, "type")
    if kind not in _flavour().types:
        raise Refused(422, f"type must be one of: {', '.join(_flavour().types)}.")
    if kind == "mms":
        return _send_mms()
    text = texts.required(given, "message")
    return _sent(given, "sms", text=text, dlt_template_id=texts.optional(given, "dlt_template_id"))


def _send_mms() -> Response:
    given = body()
    media, text = texts.address(given.get("media_url")), texts.optional(given, "message")
    return _sent(given, "mms", text=text or "", media_url=media)


def _sent(given: dict[str, Any], channel: str, **fields: Any) -> Response:
    numbers = texts.recipients(given.get("recipient"))
    sender = texts.sender(given.get("sender_id"), account().settings.sender_max)
    schedule = texts.schedule(given.get("schedule_time"))
    with world().lock:
        if account().messaging.balance < len(numbers):
            raise Refused(422, "Your balance does not suffice for this message.")
        message_id = new_id("msg_" if channel == "sms" else "mms_")
        fields |= {"phone": ",".join(numbers), "phones": numbers, "sender_id": sender}
        fields |= {"schedule_time": schedule, "cost": len(numbers), "message_id": message_id}
        owing = _receipts(message_id, texts.seconds_until(schedule))
        place = {"endpoint": endpoint(), "channel": channel}
        event = world().commit(account(), "send", **place, **fields, pushes=owing)
    return _shown(event)


def _shown(event: Event) -> Response:
    return jsonify(_flavour().sent(event))


def _receipts(message_id: str, delay: float) -> list[dict[str, Any]]:
    """The receipts that the account's settings promise for a message, each `after` its send."""
    chosen = account().settings
    if not chosen.callback_url:
        return []
    return [
        owed(
            chosen.callback_url,
            receipt(message_id, str(each["status"]), each.get("reason")),
            accepts="200",
            after=delay + float(each.get("after", 0)),
        )
        for each in chosen.receipts
        for _ in range(int(each.get("times", 1)))
    ]


def receipt(message_id: str, status: str, reason: Any, timestamp: Any = None) -> dict[str, Any]:
    """A delivery receipt in the provider's words."""
    at = timestamp or clock.to_the_second(clock.now())
    return {"message_id": message_id, "status": status, "timestamp": at, "reason": reason}


def _profile() -> Response:
    with world().lock:
        shown = _flavour().profile(account().messaging, account().settings.rate_limit)
    return _success(shown)


def _balance() -> Response:
    return _success({"remaining_balance": f"{account().messaging.balance:g}", "expired_on": None})


def _group(uid: str) -> dict[str, Any]:
    found = account().messaging.groups.get(uid)
    if found is None:
        raise Refused(404, "There is no contact group with this uid in your account.")
    return found


def _success(data: Any, message: str | None = None) -> Response:
    fields = {"message": message} if message else {}
    return jsonify({"status": "success", **fields, "data": data})


_OPERATIONS: dict[str, Callable[..., Response]] = {
    "list_contacts": _list_contacts,
    "store_contact": _store_contact,
    "list_groups": _list_groups,
    "create_group": _create_group,
    "send_sms": _send_sms,
    "send_mms": _send_mms,
    "profile": _profile,
    "balance": _balance,
}
