"""Files of an app: those that do not depend on the catalog, and JSON that is compiled from it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
ADDRESS = "https://hookline.invalid"
"""Stands in the fixed files for the address of the service."""


def fixed(platform: str, base_url: str) -> dict[str, str]:
    """The fixed files of a platform by their paths, with our address and host in them."""
    folder = HERE / f"_{platform}_files"
    places = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _filled(path, base_url) for path in places}


def _filled(path: Path, base_url: str) -> str:
    text = path.read_text("utf-8").replace(ADDRESS, base_url)
    return text.replace(urlsplit(ADDRESS).netloc, urlsplit(base_url).netloc)


def icon(size: int) -> bytes:
    """Our icon as a square of 160 or 256 pixels, filled to its edges."""
    return (HERE / f"_shared_icons/hookline-{size}.png").read_bytes()


def written(content: Any) -> str:
    """A value as the text of a file."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
