"""Rendering: templates with what every page shows, and how times and JSON are written."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, g, render_template, request, url_for
from markupsafe import Markup

from integration.kernel import surrogates
from integration.kernel.errors import HooklineError
from integration.kernel.version import VERSION
from integration.web.console import notices, session
from integration.web.core import rights
from integration.web.core.current import base_url, call

STATIC = Path(__file__).with_name("static")
NAVIGATION = (
    ("overview", "Overview"),
    ("activity", "Activity"),
    ("unknown", "Unknown texts"),
    ("opt_outs", "Opt-outs"),
    ("hooks", "Hooks"),
    ("connections", "Connections"),
    ("apps", "Apps"),
    ("keys", "API keys"),
    ("workers", "Workers"),
    ("unreadable", "Not understood"),
    ("audit", "Audit"),
    ("docs", "API"),
)
LED_TO = {"jobs": "activity", "conversation": "activity", "sending": "connections"}
"""Pages that stand in no navigation, and the one that leads to them."""
ALSO = {"unreadable": ("texts",)}
"""What a page takes beside the scope of its kind."""
TONES: Mapping[str, str] = {
    **dict.fromkeys(("ok", "active", "working", "sent", "delivered", "closed"), "good"),
    **dict.fromkeys(("failed", "failing", "dead"), "bad"),
    **dict.fromkeys(("unknown", "paused", "waiting", "retrying"), "warn"),
    **dict.fromkeys(("scheduled", "queued", "sending"), "busy"),
}
MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)")
GENERAL = "apps"
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of text around; in JSON and raw bodies they are to be seen."""


def page(template: str, *, code: int = 200, **values: Any) -> Response:
    """A page of the console; `template` is the file's name without its ending."""
    who = call().caller
    text = render_template(
        f"console/{template}.html",
        navigation=[(name, label) for name, label in NAVIGATION if _opens(name)],
        section=_section(),
        # Counted by `count`; a page about a store that is away has none.
        unknown=g.get("unknown_texts", 0),
        csrf=session.form_token(),
        notice=notices.take(),
        caller=who,
        version=VERSION,
        base_url=base_url(),
        tones=TONES,
        **{"framed": who is not None, **values},
    )
    return Response(surrogates.replaced(text), status=code, mimetype="text/html")


def _opens(page: str) -> bool:
    """Whether the caller may read the page; all pages while the store is away and nobody knows."""
    who = call().caller
    wanted = {rights.scope_of(f"console.{page}.listed", "GET"), *ALSO.get(page, ())}
    return who is None or wanted <= who.scopes


def _section() -> str:
    """What the navigation marks: the page itself, or the one that leads to it."""
    name = (request.endpoint or ".").split(".")[1]
    return LED_TO.get(name, name)


def refusal(error: HooklineError, template: str, **values: Any) -> Response:
    """The form's page again, with the sentence of the service and what was wrong by field."""
    return page(template, code=error.status, problem=error.message, **values)


def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep it."""
    return url_for("console.static", filename=name, v=_version(name))


def icon(name: str) -> Markup:
    """A drawing of ours beside a word; nothing is read out for it. A new extension has a general
    one until somebody draws its own."""
    there = f"{asset('icons.svg')}#{name if name in _drawn() else GENERAL}"
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>').format(there)


@cache
def _drawn() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def when(moment: str | None) -> Markup:
    """An RFC 3339 time, which the browser then shows in its own zone; UTC stays in the title."""
    if not moment:
        return Markup("–")
    plain = moment[:19].replace("T", " ") + " UTC"
    return Markup('<time datetime="{0}" title="{1}">{1}</time>').format(moment, plain)


def moments(text: str) -> Markup:
    """A sentence of ours in which each time is shown as `when` does."""
    parts = MOMENT.split(visible(text))
    return Markup("").join(when(each) if place % 2 else each for place, each in enumerate(parts))


def pretty(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False, indent=2))


def visible(text: str) -> str:
    """Text of strangers in which nothing hides: direction marks are spelled out."""
    return TURNING.sub(lambda mark: f"\\u{ord(mark.group()):04x}", text)
