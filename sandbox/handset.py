"""The handset page: a virtual phone on any account, and what the provider saw."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from sandbox import member
from sandbox.accounts import beginnings, is_key, provider_of

pages = Blueprint("handset", __name__)
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
            begins=beginnings(),
        )
    )
    shown.headers["Content-Security-Policy"] = _POLICY
    return shown


def _demo_keys() -> list[str]:
    return [f"{each.keys}sandbox_demo" for each in member.members()]


@pages.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}
