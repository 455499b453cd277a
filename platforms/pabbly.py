"""Pabbly Connect: a setup sheet, since Pabbly takes an app by its form and not as a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _pabbly_requests
from platforms._shared_files import icon, written

SHEET = Path(__file__).with_name("_pabbly_sheet.md")
"""The template of the page for the person who types it into the form."""
ICON = 256
"""Pixels."""


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str | bytes]:
    setup = _pabbly_requests.setup(catalog, base_url)
    # Markdown, in which no character is to be escaped.
    place = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
    place.filters |= {"pretty": lambda value: written(value).rstrip("\n"), "rest": _rest}
    return {
        "setup.json": written(setup),
        "setup.md": place.from_string(SHEET.read_text("utf-8")).render(setup),
        "icon.png": icon(ICON),
    }


def _rest(request: Mapping[str, Any]) -> dict[str, Any]:
    """What a request has beside its method and address."""
    return {part: request[part] for part in ("headers", "query", "body") if part in request}


PLATFORM = Platform(
    key="pabbly",
    label="Pabbly Connect",
    description="A sheet of all that is typed into Pabbly's form for an app.",
    compile=compile,
)
