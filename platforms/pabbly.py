"""Pabbly Connect: a setup sheet, since Pabbly takes an app by its form and not as a file."""

from __future__ import annotations

from collections.abc import Mapping

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _pabbly_requests, _pabbly_sheet, _shared_icon
from platforms._shared_files import written

ICON = 256
"""Pixels."""


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str | bytes]:
    setup = _pabbly_requests.setup(catalog, base_url)
    return {
        "setup.json": written(setup),
        "setup.md": _pabbly_sheet.page(setup),
        "icon.png": _shared_icon.png(ICON),
    }


PLATFORM = Platform(
    key="pabbly",
    label="Pabbly Connect",
    description="A sheet of all that is typed into Pabbly's form for an app.",
    compile=compile,
)
