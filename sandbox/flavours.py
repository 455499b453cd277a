"""Where the members of the messaging family differ: paths, authentication, field case, answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.log import Event
from sandbox.messaging_state import MessagingState
from sandbox.mount import Mount

Shown = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Flavour:
    """One product of the family.

    `routes` maps an operation to its method and path under the mount. `fields` maps a contact's
    field to its name in a request. The four functions word successful answers.
    """

    mount: Mount
    routes: dict[str, tuple[str, str]]
    types: tuple[str, ...]
    fields: dict[str, str]
    sent: Callable[[Event], Shown]
    contact: Callable[[Shown], Shown]
    contact_stored: str | None
    profile: Callable[[MessagingState, int], Shown]


def _error(message: str) -> Shown:
    return {"status": "error", "message": message}


def _office_sent(event: Event) -> Shown:
    reply = {"status": "success", "message_id": event["message_id"]}
    return reply | ({"queued": True} if event["channel"] == "sms" else {})


def _stock_sent(event: Event) -> Shown:
    data = {
        "uid": event["message_id"],
        "to": event["phone"],
        "from": event["sender_id"],
        "message": event["text"],
        "status": "Delivered",
        "cost": str(event["cost"]),
    }
    reply = "Your message was successfully delivered"
    return {"status": "success", "message": reply, "data": data}


def _office_contact(contact: Shown) -> Shown:
    names = ("uid", "group_uid", "phone", "first_name", "last_name")
    return {name: contact[name] for name in names}


def _stock_contact(contact: Shown) -> Shown:
    custom = {"FIRST_NAME": contact["first_name"], "LAST_NAME": contact["last_name"]}
    # The real product answers with a JSON number: a leading + or 0 is lost.
    phone = int(contact["phone"].lstrip("+"))
    return {
        "uid": contact["uid"],
        "phone": phone,
        "status": "subscribe",
        "custom_fields": {name: value for name, value in custom.items() if value is not None},
    }


def _office_profile(state: MessagingState, per_minute: int) -> Shown:
    return {
        "uid": state.uid,
        "name": "Sandbox Account",
        "email": "sandbox@example.com",
        "status": "active",
        "balance": state.balance,
        "currency": "USD",
        "limits": {"requests_per_minute": per_minute, "recipients_per_request": 1000},
    }


def _stock_profile(state: MessagingState, _: int) -> Shown:
    return {
        "uid": state.uid,
        "first_name": "Sandbox",
        "last_name": "Account",
        "email": "sandbox@example.com",
        "locale": "en",
        "timezone": "UTC",
        "sms_unit": f"{state.balance:g}",
    }


CLOUD_MESSAGING = Flavour(
    mount=Mount(
        provider="cloud-messaging",
        prefix="/cloud-messaging/api",
        scheme="Api-Key",
        bad_input=422,
        limits_auth=False,
        error_body=_error,
    ),
    routes={
        "list_contacts": ("GET", "/api/http/v3/http/contacts"),
        "store_contact": ("POST", "/api/http/v3/v3/contacts/<group_id>/store"),
        "list_groups": ("GET", "/api/http/v3/http/contact-groups"),
        "create_group": ("POST", "/api/http/v3/v3/contacts"),
        "send_sms": ("POST", "/api/http/v3/http/sms/send"),
        "send_mms": ("POST", "/api/http/v3/http/mms/send"),
        "profile": ("GET", "/api/http/v3/http/profile"),
    },
    types=("plain",),
    fields={"phone": "phone", "first_name": "first_name", "last_name": "last_name"},
    sent=_office_sent,
    contact=_office_contact,
    contact_stored=None,
    profile=_office_profile,
)

ULTIMATE_SMS = Flavour(
    mount=Mount(
        provider="ultimate-sms",
        prefix="/ultimate-sms",
        scheme="Bearer",
        bad_input=422,
        limits_auth=False,
        error_body=_error,
    ),
    routes={
        "list_contacts": ("POST", "/api/v3/contacts/<group_id>/all"),
        "store_contact": ("POST", "/api/v3/contacts/<group_id>/store"),
        "list_groups": ("GET", "/api/v3/contacts"),
        "create_group": ("POST", "/api/v3/contacts"),
        "send_sms": ("POST", "/api/v3/sms/send"),
        "profile": ("GET", "/api/v3/me"),
        "balance": ("GET", "/api/v3/balance"),
    },
    types=("plain", "unicode", "mms"),
    fields={"phone": "PHONE", "first_name": "FIRST_NAME", "last_name": "LAST_NAME"},
    sent=_stock_sent,
    contact=_stock_contact,
    contact_stored="Contact was successfully added",
    profile=_stock_profile,
)
