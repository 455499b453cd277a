"""Kannel's sendsms interface and its calls to us, as Kannel 1.4.5 was seen to answer and to call.

The key of an account is its password. What somebody sends to it goes to its `get-url`, the setting
`callback_url`: an address of ours with Kannel's escapes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from flask import Blueprint, Response, request

from sandbox import clock
from sandbox.accounts import Account, Push
from sandbox.control_input import BadControl, number, text
from sandbox.log_lines import owed
from sandbox.member import Member, Request, State
from sandbox.mount import Mount
from sandbox.request_gate import Refused, account, endpoint, world

BITS = {"delivered": 1, "success": 1, "failed": 2, "buffered": 4, "accepted": 8, "rejected": 16}
"""The bit of dlr-mask for each word of the setting `receipts` and of the control `status`."""
ANSWERS = {8: "ACK/", 16: "NACK/11/Invalid Destination Address"}
OWN_NUMBER = "13013"
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_ESCAPE = re.compile(r"%([A-Za-z%])")


def _text(status: int, message: str) -> Response:
    """Kannel's answers are a sentence, whatever the status."""
    said = "Authorization failed for sendsms" if status == 401 else message
    return Response(said, 403 if status == 401 else status, mimetype="text/html")


MOUNT = Mount(
    provider="http-gateway",
    prefix="/http-gateway",
    scheme="",
    bad_input=400,
    limits_auth=False,
    error_body=lambda message: message,
    key=lambda: request.values.get("password", "") if request.values.get("username") else "",
    errors=_text,
)
api = Blueprint("http_gateway", __name__, url_prefix=MOUNT.prefix)


@api.route("/cgi-bin/sendsms", methods=["GET", "POST"])
def sendsms() -> Response:
    given = request.values
    if not given.get("to"):
        raise Refused(400, "Missing receiver number, rejected")
    if not _NUMBER.fullmatch(given["to"]):
        raise Refused(400, "Number(s) has/have been denied by white- and/or black-lists.")
    with world().lock:
        fields = {
            "phone": given["to"],
            "text": given.get("text", ""),
            "sender_id": given.get("from") or OWN_NUMBER,
            "coding": int(given.get("coding", 0)),
            "dlr_url": given.get("dlr-url", "") if given.get("dlr-mask") else "",
            "mask": int(given.get("dlr-mask", 0)),
            "id": str(uuid.uuid4()),
        }
        owing = [
            _receipt(fields, each["status"], each.get("reason"), float(each.get("after", 0)))
            for each in account().settings.receipts
            for _ in range(int(each.get("times", 1)))
        ]
        pushes = [each for each in owing if each]
        place = {"endpoint": endpoint(), "channel": "sms"}
        world().commit(account(), "send", **place, **fields, pushes=pushes)
    return _text(202, "0: Accepted for delivery")


def _receipt(
    sent: Mapping[str, Any], word: str, reason: Any, after: float = 0.0
) -> dict[str, Any] | None:
    """A call of the text's dlr-url, None where its dlr-mask does not ask for this one."""
    bit = BITS.get(word, 0)
    if not sent["dlr_url"] or not bit & sent["mask"]:
        return None
    answer = str(reason or ANSWERS.get(bit, ""))
    escapes = {"d": str(bit), "A": answer, "F": sent["id"] if bit < 4 else ""}
    return _call(sent["dlr_url"], {name: escapes[name].encode() for name in escapes}, after)


def _call(template: str, escapes: Mapping[str, bytes], after: float = 0.0) -> dict[str, Any]:
    """A GET of this address with its escapes filled in. The query is the push's body, so that
    calls of one address keep their order."""
    known = {"%": b"%", **escapes}
    url = _ESCAPE.sub(lambda found: quote_plus(known.get(found[1], b"")), template)
    base, _, query = url.partition("?")
    return owed(base, query, accepts="2xx", after=after)


def request_of(_: Account, push: Push) -> Request:
    return Request(url=f"{push.url}?{push.body}", method="GET", headers={"User-Agent": "Kannel"})


def arrives(of: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `inbound`: a text to `to`. With `coding` 2 it is written in UTF-16BE, as Kannel
    does without `mo-recode`."""
    words, coding = str(given.get("message") or ""), int(number(given, "coding", 0))
    charset = "UTF-16BE" if coding == 2 else "UTF-8"
    shown = {
        "id": str(given.get("id") or uuid.uuid4()),
        "phone": text(given, "phone"),
        "to": str(given.get("to") or OWN_NUMBER),
    }
    escapes = {
        "I": shown["id"].encode(),
        "p": shown["phone"].encode(),
        "P": shown["to"].encode(),
        "b": words.encode(charset),
        "a": " ".join(words.split()).encode(charset),
        "c": str(coding).encode(),
        "C": charset.encode(),
        "t": clock.now()[:19].replace("T", " ").encode(),
    }
    url = of.settings.callback_url
    times = int(number(given, "webhook_times", 1)) if url else 0
    pushes = [_call(url, escapes) for _ in range(times)]
    world().commit(of, "inbound", **shown, text=words, pushes=pushes)
    return {**shown, "message": words, "pushes": len(pushes)}


def status(of: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The control `status`: a receipt with this word for the text with this `id`, else the last."""
    word = text(given, "status")
    found = [each for each in of.state.sent if given.get("id") in (None, each["id"])]
    if not found or word not in BITS:
        raise BadControl(f"status is one of {', '.join(BITS)}, of a text that was sent.")
    push = _receipt(found[-1], word, given.get("reason"))
    number = found[-1]["id"]
    world().commit(of, "status", id=number, status=word, pushes=[push] if push else [])
    return {"id": number, "status": word, "pushes": int(push is not None)}


def _shown(of: Account) -> dict[str, Any]:
    sent = [
        _line(each, "outbound", of.state.statuses.get(each["id"], "")) for each in of.state.sent
    ]
    arrived = [_line(each, "inbound", "received") for each in of.state.arrived]
    return {"messages": sorted([*sent, *arrived], key=lambda each: str(each["at"]))}


def _line(event: dict[str, Any], direction: str, word: str) -> dict[str, Any]:
    line = {"id": event["id"], "direction": direction, "status": word, "at": event["at"]}
    return {**line, "phone": event["phone"], "message": event["text"]}


MEMBER = Member(
    mount=MOUNT,
    keys="hg_",
    api=api,
    arrives=arrives,
    state=State,
    status=status,
    request=request_of,
    shown=_shown,
)
