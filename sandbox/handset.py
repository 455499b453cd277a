"""The handset page: a virtual phone on any account, and what the provider saw."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import control, member, report
from sandbox.accounts import beginnings, is_key, provider_of
from sandbox.request_gate import world

pages = Blueprint("handset", __name__)
PAIRFON = "pf_"
TEXTS_SHOWN = 50
DEMO_KEYS = ("pf_sandbox_demo", "cm_sandbox_demo", "us_sandbox_demo")
_POLICY = (
    "default-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


@pages.get("/")
def handset() -> Response:
    asked = request.args.get("account", DEMO_KEYS[0]).strip()
    key = asked if is_key(asked) else DEMO_KEYS[0]
    shown = make_response(
        render_template(
            "handset.html",
            key=key,
            refused=asked if asked != key else None,
            keys=dict.fromkeys((*DEMO_KEYS, *_demo_keys(), key)),
            provider=provider_of(key),
            writes=key.startswith(PAIRFON) or member.of(key) is not None,
            texts=_texts(key),
            begins=beginnings(),
        )
    )
    shown.headers["Content-Security-Policy"] = _POLICY
    return shown


@pages.post("/")
def write() -> AnyResponse:
    """A text of the virtual phone, from a browser without script."""
    key = request.form.get("account", "")
    given = {name: request.form.get(name, "") for name in ("phone", "message")}
    control.arrive(key, {**given, "media": 1} if "media" in request.form else given)
    return redirect(url_for(".handset", account=key), 303)


def _texts(key: str) -> list[dict[str, Any]]:
    """The account's newest texts, oldest first: the script then shows those of one number."""
    found = world().account(key)
    if found is None:
        return []
    with world().lock:
        return list(report.state(found)["messages"])[-TEXTS_SHOWN:]


def _demo_keys() -> list[str]:
    return [f"{each.keys}sandbox_demo" for each in member.members()]


@pages.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}
