"""Recorded webhooks as calls, and what a forger or a later release of a provider makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from integration.kernel import times
from integration.kernel.capabilities import ReadsWebhooks
from integration.kernel.errors import MalformedBody
from integration.kernel.specs import Provider
from integration.kernel.webhooks import WebhookCall, pairs
from tests.contract.recordings import FIXTURES, KINDS, recorded

ADDRESS = "https://hook.example.com/ingress/provider/conn_x-abc"
NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def posted(body: Any) -> WebhookCall:
    """A POST of JSON."""
    return made({"body": body})


def made(tape: Mapping[str, Any]) -> WebhookCall:
    """A recorded call; what it does not say is as in a POST of JSON at NOON."""
    url = tape.get("url", ADDRESS)
    if tape.get("query"):
        url = f"{url}?{urlencode([tuple(pair) for pair in tape['query']])}"
    body, raw = tape.get("body", ""), "method" in tape
    text = body if raw and isinstance(body, str) else json.dumps(body)
    headers = tape.get("headers", {} if raw else {"content-type": JSON})
    return WebhookCall(
        method=tape.get("method", "POST"),
        url=url,
        query=pairs(urlsplit(url).query),
        headers={name.lower(): value for name, value in headers.items()},
        body=text.encode(),
        at=times.parse_strict(tape["at"]) if "at" in tape else NOON,
    )


def tape_of(kind: type[Provider], case: str) -> dict[str, Any]:
    """The recording of such webhooks; an empty one where a test is still to ask for it."""
    there = (FIXTURES / kind.key / f"read_webhook.{case}.json").exists()
    return dict(recorded(kind, f"read_webhook.{case}")) if there else {}


def calls(case: str) -> Iterator[tuple[type[Provider], dict[str, Any], dict[str, Any]]]:
    """Each recorded webhook of such a case: its provider, the whole recording, and the call."""
    for kind in KINDS:
        if issubclass(kind, ReadsWebhooks):
            tape = tape_of(kind, case)
            for each in [*tape.get("bodies", ()), *tape.get("calls", ())]:
                settings = tape["settings"] | each.get("settings", {})
                yield kind, {**tape, "settings": settings}, each


def is_genuine(provider: ReadsWebhooks, call: WebhookCall) -> bool | None:
    """As the ingress judges it."""
    try:
        return provider.genuine(call)
    except MalformedBody:
        return False


def forged(call: WebhookCall, signed: Mapping[str, Any]) -> Iterator[tuple[str, WebhookCall]]:
    """The call with each single change that its signature has to notice.

    `signed` names the `headers` that carry the proof, and what it `covers` of `body`, `path` and
    `query`: the body where nothing is said. `seconds` is the time before and after it, if any.
    """
    for name in signed["headers"]:
        without = {each: call.headers[each] for each in call.headers if each != name}
        yield f"without {name}", replace(call, headers=without)
        yield f"a blank {name}", replace(call, headers={**without, name: ""})
        for place in range(len(call.headers[name])):
            spoilt = _spoilt(call.headers[name].encode(), place).decode("latin-1")
            yield f"{name} at {place}", replace(call, headers={**without, name: spoilt})
    for covered in signed.get("covers", ["body"]):
        yield from CHANGES[covered](call)
    if seconds := signed.get("seconds"):
        for late in (seconds + 2, -seconds - 2):
            yield f"{late} s late", replace(call, at=call.at + timedelta(seconds=late))


def _in_body(call: WebhookCall) -> Iterator[tuple[str, WebhookCall]]:
    yield "a longer body", replace(call, body=call.body + b"&x_forged=1")
    for place in range(len(call.body)):
        yield f"body at {place}", replace(call, body=_spoilt(call.body, place))


def _in_path(call: WebhookCall) -> Iterator[tuple[str, WebhookCall]]:
    yield "another path", replace(call, url=call.url.replace("/ingress/", "/ingress2/"))


def _in_query(call: WebhookCall) -> Iterator[tuple[str, WebhookCall]]:
    start, _, query = call.url.partition("?")
    for place in range(len(query)):
        yield f"query at {place}", _asking(call, start, _spoilt(query.encode(), place).decode())
    yield "a longer query", _asking(call, start, f"{query}&x_forged=1")


CHANGES = {"body": _in_body, "path": _in_path, "query": _in_query}


def _asking(call: WebhookCall, start: str, query: str) -> WebhookCall:
    return replace(call, url=f"{start}?{query}", query=pairs(query))


def _spoilt(text: bytes, place: int) -> bytes:
    """One bit of one byte changed."""
    return text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]


def with_strangers(call: WebhookCall) -> Iterator[WebhookCall]:
    """The call with what a later release of the provider may add: members, fields, parameters."""
    start, _, query = call.url.partition("?")
    yield _asking(call, start, f"{query}&x_new=1&x_blank=")
    yield replace(call, headers={**call.headers, "x-new": "1"})
    if call.headers.get("content-type", "").startswith(FORM):
        yield replace(call, body=call.body + b"&x_new=1&x_blank=&%C3%A9=%FC")
    if "json" in call.headers.get("content-type", ""):
        yield replace(call, body=json.dumps(_with_members(call.json())).encode())


def _with_members(body: Any) -> Any:
    if isinstance(body, list):
        return [_with_members(each) for each in body]
    if isinstance(body, dict):
        known = {name: _with_members(each) for name, each in body.items()}
        return {"x_new": {"deep": [1]}, **known, "x_later": None, "é": "ü"}
    return body
