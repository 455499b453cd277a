"""Calls of the tests that outwait a machine which stalls any of our processes for some seconds."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from proofs.rig.sandbox import until

LONG = 20
"""Seconds: a call that waits so long is meant to end with its job."""
TURNS = 6
Asked = Callable[[Mapping[str, str]], requests.Response]


def waited(path: str, body: Mapping[str, Any], ask: Asked) -> requests.Response:
    """Ask for an action. A wait that has lasted to its end goes on, under one idempotency key.

    An answer that comes earlier is the first one, whatever it says. `ask` gets headers.
    """
    seconds = _wait(path, body)
    if seconds < LONG or "idempotency_key" in body or "/actions/" not in path:
        return ask({})
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    for _ in range(TURNS):
        began = time.monotonic()
        answer = ask(headers)
        if answer.status_code != 202 or time.monotonic() - began < seconds:
            break
    return answer


def well(made: requests.Response, test: Callable[[], requests.Response]) -> None:
    """Outlast a provider that did not answer in the few seconds that a new connection has."""
    if made.json()["health"] != "ok":
        until(lambda: test().json()["health"] == "ok", f"a connection that is well: {made.text}")


def _wait(path: str, body: Mapping[str, Any]) -> float:
    """What is asked for in the query or the body; 0 for none, and for what is no number."""
    [asked] = parse_qs(urlsplit(path).query).get("wait", [body.get("wait", 0)])
    return float(asked) if str(asked).isdecimal() else 0.0
