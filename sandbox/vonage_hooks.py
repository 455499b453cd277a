"""Vonage's webhooks as the sandbox sends them: texts part by part, receipts, signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from sandbox import clock
from sandbox.accounts import Account, Push
from sandbox.control_input import BadControl, number, text
from sandbox.log_lines import owed
from sandbox.member import Request
from sandbox.request_gate import world
from sandbox.vonage_state import NUMBERS, new_id, parts

METHODS = ("form", "json", "get")
WORDS = {"sent": "accepted"}
"""Vonage's words for those of the setting `status_after`."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def request(account: Account, push: Push) -> Request:
    """Sign a webhook and send it as the account has it: a form, JSON or a query."""
    fields = {
        **push.body["fields"],
        "timestamp": str(int(time.time())),
        "nonce": secrets.token_hex(16),
    }
    fields["sig"] = _signature(fields, account.state.signature_secret)
    if push.body["method"] == "get":
        return Request(method="GET", url=f"{push.url}?{urlencode(fields)}")
    if push.body["method"] == "json":
        data = json.dumps(fields).encode()
        return Request(url=push.url, data=data, headers={"Content-Type": JSON})
    return Request(url=push.url, data=urlencode(fields).encode(), headers={"Content-Type": FORM})


def _signature(fields: dict[str, str], secret: str) -> str:
    plain = ((name, value.replace("&", "_").replace("=", "_")) for name, value in fields.items())
    signed = "".join(f"&{name}={value}" for name, value in sorted(plain))
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def receipts(account: Account, sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The receipts of all parts of a new text, when the account's `status_after` says."""
    url = sent["callback"] or account.settings.callback_url
    after = account.settings.status_after.items()
    return [
        owed(url, _receipt(sent, number, WORDS.get(word, word)), accepts="2xx", after=seconds)
        for word, seconds in after
        for number in sent["ids"]
        if url
    ]


def _receipt(sent: dict[str, Any], part: str, word: str, code: str = "0") -> dict[str, Any]:
    at = clock.now()
    fields = {
        "msisdn": sent["phone"],
        "to": sent["sender_id"],
        "network-code": "23410",
        "messageId": part,
        "price": f"{sent['cost']:.8f}",
        "status": word,
        "scts": (at[2:10] + at[11:16]).replace("-", "").replace(":", ""),
        "err-code": code,
        "api-key": sent["account_key"],
        "message-timestamp": _written(at),
    }
    ours = {"client-ref": sent["client_ref"]} if sent["client_ref"] else {}
    return {"fields": {**fields, **ours}, "method": "form"}


def status(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `status`: a receipt of one part, with this word and `code` as its error."""
    part, word = text(given, "id"), text(given, "status")
    sent = next((each for each in account.state.sent if part in each["ids"]), None)
    if sent is None:
        raise BadControl("No such part of an outbound message. Give its id.")
    url = sent["callback"] or account.settings.callback_url
    body = _receipt(sent, part, word, str(given.get("code") or "0"))
    pushes = [owed(url, body, accepts="2xx")] if url else []
    world().commit(account, "status", id=sent["id"], status=word, pushes=pushes)
    return {"id": part, "status": word, "pushes": len(pushes)}


def arrives(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `inbound`: a text to the account's number, a long one in parts, pushed to the
    account's `callback_url` by `method`."""
    words, to = str(given.get("message") or ""), str(given.get("to") or next(iter(NUMBERS)))
    method, url = str(given.get("method") or "form"), account.settings.callback_url
    if method not in METHODS or to not in NUMBERS:
        raise BadControl(f"method is one of {', '.join(METHODS)}, to one of {', '.join(NUMBERS)}.")
    phone = text(given, "phone").removeprefix("+")
    fields = _texts(account, phone, to, words)
    times = int(number(given, "webhook_times", 1)) if url and given.get("webhook", True) else 0
    bodies = [{"fields": each, "method": method} for each in fields]
    pushes = [owed(url, body, accepts="2xx") for body in bodies for _ in range(times)]
    known = {"id": fields[0]["messageId"], "phone": phone, "text": words, "to": to}
    world().commit(account, "inbound", **known, pushes=pushes)
    return {**known, "ids": [each["messageId"] for each in fields], "pushes": len(pushes)}


def _texts(account: Account, phone: str, to: str, words: str) -> list[dict[str, str]]:
    unicode = not words.isascii()
    found = parts(words, unicode=unicode)
    usual = {
        "api-key": account.key,
        "msisdn": phone,
        "to": to,
        "type": "unicode" if unicode else "text",
        "keyword": (words.split() or [""])[0].upper(),
        "message-timestamp": _written(clock.now()),
    }
    whole = {"concat": "true", "concat-ref": str(secrets.randbelow(256))}
    joined = {**whole, "concat-total": str(len(found))} if len(found) > 1 else {}
    return [
        {**usual, **joined, **({"concat-part": str(place)} if joined else {})}
        | {"messageId": new_id(), "text": each}
        for place, each in enumerate(found, 1)
    ]


def _written(at: str) -> str:
    return at[:19].replace("T", " ")
