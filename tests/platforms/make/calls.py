"""One call of a Make app: what Base adds to it, what it sends, what its answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from tests.platforms.make import iml
from tests.platforms.make.app import App

Json = dict[str, Any]
Values = Mapping[str, Any]


class Failure(Exception):
    """An error as the user sees it in the step: its type decides what Make does next."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind, self.message = kind, message


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an expression can read of a response."""

    body: Any
    headers: Json
    status: int

    @property
    def scope(self) -> Json:
        return {"body": self.body, "headers": self.headers, "statusCode": self.status}


class Caller:
    """Makes the calls of one app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.web = requests.Session()
        self.web.trust_env = False

    def inherited(self, call: Json, scope: Values) -> Answer:
        base = self.app.base
        whole = merged({key: base[key] for key in ("headers", "response", "timeout")}, call)
        if whole["url"].startswith("/"):
            whole["url"] = base["baseUrl"] + whole["url"]
        return self.call(whole, scope)

    def call(self, call: Json, scope: Values) -> Answer:
        sent = self.web.request(
            iml.evaluate(call["method"], scope),
            iml.evaluate(call["url"], scope),
            params={k: _query(v) for k, v in iml.evaluate(call.get("qs", {}), scope).items()},
            allow_redirects=True,
            timeout=call.get("timeout", 40_000) / 1000,
            **_payload(call, scope),
        )
        answer = Answer(body=_body(sent), headers=_headers(sent), status=sent.status_code)
        _check(call["response"], answer, {**scope, **answer.scope})
        return answer


def _check(response: Json, answer: Answer, scope: Values) -> None:
    """Every status from 400 on is an error; `valid` makes one of another answer."""
    if answer.status >= 400:
        told = {**response["error"], **response["error"].get(str(answer.status), {})}
        raise Failure(told["type"], iml.evaluate(told["message"], scope))
    valid = response.get("valid")
    if valid and iml.evaluate(valid["condition"], scope) is not True:
        raise Failure(valid["type"], iml.evaluate(valid["message"], scope))


def _payload(call: Json, scope: Values) -> Json:
    headers = {k.lower(): v for k, v in iml.evaluate(call.get("headers", {}), scope).items()}
    body = iml.evaluate(call.get("body", iml.UNDEFINED), scope)
    if iml.evaluate(call["method"], scope) == "GET" or body is iml.UNDEFINED:
        return {"headers": headers}
    if call.get("type") == "text":
        return {"headers": headers, "data": str(body).encode()}
    return {"headers": headers | {"content-type": "application/json"}, "data": json.dumps(body)}


def _query(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _body(sent: requests.Response) -> Any:
    """Make reads a body by its type, and knows no other JSON than this."""
    kind = sent.headers.get("content-type", "").partition(";")[0].strip()
    return sent.json() if kind == "application/json" else sent.text


def _headers(sent: requests.Response) -> Json:
    return {name.lower(): value for name, value in sent.headers.items()}


def merged(low: Json, high: Json) -> Json:
    both = {
        key: merged(low[key], high[key])
        for key in low.keys() & high.keys()
        if _both(low, high, key)
    }
    return {**low, **high, **both}


def _both(low: Json, high: Json, key: str) -> bool:
    return isinstance(low[key], dict) and isinstance(high[key], dict)
