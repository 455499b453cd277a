"""The setup sheet as a page for the person who types it into Pabbly's form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from platforms._shared_files import written

Json = Mapping[str, Any]
TEMPLATE = Path(__file__).with_suffix(".md")


def page(setup: Json) -> str:
    # Markdown, in which no character is to be escaped.
    place = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
    place.filters |= {"pretty": lambda value: written(value).rstrip("\n"), "rest": _rest}
    return place.from_string(TEMPLATE.read_text("utf-8")).render(setup)


def _rest(request: Json) -> Json:
    """What a request has beside its method and address."""
    return {part: request[part] for part in ("headers", "query", "body") if part in request}
