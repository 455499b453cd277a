"""Twilio's webhooks: what they say of a text or a receipt, and how they are signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from flask import request as asked

from sandbox import assumptions, clock
from sandbox.accounts import Account, Push
from sandbox.control_input import BadControl, number, text
from sandbox.log import Event
from sandbox.log_lines import owed
from sandbox.member import Request
from sandbox.twilio_state import NUMBER, Twilio, sid

RECEIPTS: tuple[dict[str, Any], ...] = (
    {"status": "sent", "after": 0.3},
    {"status": "delivered", "after": 1.0},
)
FORM = "application/x-www-form-urlencoded"


def signature(token: str, url: str, fields: dict[str, str]) -> str:
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    mac = hmac.new(token.encode(), signed.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def request(account: Account, push: Push) -> Request:
    """The part behind `#` says how to call, and is not part of the address."""
    url, fields = push.url.partition("#")[0], push.body["fields"]
    if push.body["method"] == "GET":
        url += ("&" if "?" in url else "?") + urlencode(fields)
        return Request(
            url=url, method="GET", headers={"X-Twilio-Signature": signature(account.key, url, {})}
        )
    proof = signature(account.key, url, fields)
    headers = {"Content-Type": FORM, "X-Twilio-Signature": proof}
    return Request(url=url, data=urlencode(fields).encode(), headers=headers)


def receipts(account: Account, event: dict[str, Any]) -> list[dict[str, Any]]:
    """What follows a send that named an address for it."""
    chosen = account.settings.receipts
    usual = RECEIPTS if chosen == assumptions.RECEIPTS else chosen
    if not event["callback"]:
        return []
    return [
        owed(
            event["callback"],
            receipt(account.state, event, str(each["status"]), each.get("reason")),
            accepts="2xx",
            after=float(each.get("after", 0)),
        )
        for each in usual
        for _ in range(int(each.get("times", 1)))
    ]


def receipt(
    state: Twilio, event: dict[str, Any] | Event, status: str, code: Any = None
) -> dict[str, Any]:
    """`code` is Twilio's error; one that fails has 30003 where nothing else is asked for."""
    failed = status in ("undelivered", "failed")
    fields = {
        "ApiVersion": "2010-04-01",
        "MessageSid": event["message_id"],
        "SmsSid": event["message_id"],
        "SmsStatus": status,
        "MessageStatus": status,
        "To": event["phone"],
        "From": event["sender_id"],
        "AccountSid": state.sid,
    }
    if event["service"]:
        fields["MessagingServiceSid"] = event["service"]
    if failed or code:
        fields["ErrorCode"] = str(code or 30003)
    named = {"message_id": event["message_id"], "status": status}
    return {**named, "method": "POST", "fields": fields}


def status(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `status`: a message gets it, and its address hears of it."""
    word, wanted = text(given, "status"), given.get("id")
    sent = [each for each in account.state.sent if wanted in (None, each["message_id"])]
    if not sent:
        raise BadControl("No such outbound message. Give its id, which is the SID.")
    event, owing = sent[-1], []
    if event["callback"]:
        told = receipt(account.state, event, word, given.get("reason"))
        owing = [owed(event["callback"], told, accepts="2xx")]
    world = current_app.extensions["sandbox_world"]
    world.commit(account, "status", id=event["message_id"], status=word, pushes=owing)
    return {"id": event["message_id"], "status": word}


def arrives(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `inbound`: `to` is one of the account's numbers, `media` how many pictures."""
    state: Twilio = account.state
    pictures = int(number(given, "media", 0))
    to = str(given.get("to") or NUMBER)
    own = state.number(to)
    if own is None:
        raise BadControl("`to` is one of the account's numbers.")
    usual = sid("MM" if pictures else "SM", secrets.token_hex(8))
    event = {
        "message_id": str(given.get("id") or usual),
        "phone": text(given, "phone"),
        "text": str(given.get("message") or ""),
        "to": to,
        "media": [sid("ME", f"{usual}/{n}") for n in range(pictures)],
        "segments": "1",
        "created_at": str(given.get("received_at") or clock.now(account.settings.clock_offset)),
        "list": bool(given.get("list", True)),
        "row": dict(given.get("row") or {}),
    }
    # A console has no address of the account as a whole; the setting stands for one by hand.
    url = own["sms_url"] or account.settings.callback_url
    times = int(number(given, "webhook_times", 1)) if given.get("webhook", True) and url else 0
    body = _inbound(state, event, own["sms_method"], str(given.get("opt_out") or ""))
    owing = [owed(url, body, accepts="2xx") for _ in range(times)]
    world = current_app.extensions["sandbox_world"]
    world.commit(account, "inbound", **event, pushes=owing)
    return {"id": event["message_id"], "pushes": len(owing)}


def _inbound(state: Twilio, event: dict[str, Any], method: str, opt_out: str) -> dict[str, Any]:
    named = event["message_id"]
    fields = {
        **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), named),
        "AccountSid": state.sid,
        "From": event["phone"],
        "To": event["to"],
        "Body": event["text"],
        "NumMedia": str(len(event["media"])),
        "NumSegments": event["segments"],
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCountry": "US",
        "FromCity": "",
    }
    if opt_out:
        fields["OptOutType"] = opt_out
    for place, each in enumerate(event["media"]):
        path = f"2010-04-01/Accounts/{state.sid}/Messages/{named}/Media/{each}"
        fields[f"MediaUrl{place}"] = f"{asked.host_url}twilio/{path}"
        fields[f"MediaContentType{place}"] = "image/png"
    shown = {"phone": event["phone"], "message": event["text"]}
    return {**shown, "method": method, "fields": fields}


def _pictures(event: Event) -> dict[str, Any]:
    if event["kind"] == "inbound":
        return {"pictures": [f"/twilio-media/{each}" for each in event["media"]]}
    return {"media_url": next(iter(event["media"]), None)}


def shown(account: Account) -> dict[str, Any]:
    """The account for the handset page."""
    state: Twilio = account.state
    after = account.settings.status_after
    return {
        "account_sid": state.sid,
        "balance": state.balance,
        "numbers": list(state.numbers.values()),
        "services": list(state.services.values()),
        "messages": [
            {
                "id": each["message_id"],
                "direction": "inbound" if each["kind"] == "inbound" else "outbound",
                "phone": each["phone"],
                "message": each["text"],
                **_pictures(each),
                "status": state.status(each, after),
                "at": each["created_at"],
            }
            for each in state.newest_first()[200::-1]
        ],
    }
