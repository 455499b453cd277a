"""The text of a platform's guide: written once, in docs/platforms/, for the console and terminals.

Here it names this server's address.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

FOLDER = Path(__file__).parents[3] / "docs/platforms"
EXAMPLE = "https://sms.example.com"
"""Stands in the guides for the address of the service."""
ENDS = re.compile(r"^## What (is|was) proved", re.MULTILINE)
"""What follows is for those who judge the app, and not for those who set it up."""
STEP = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)


def text(platform: str, base_url: str) -> str:
    """The guide of a platform, by its dashed key, as Markdown for a service at this address."""
    found = ENDS.split((FOLDER / f"{platform}.md").read_text("utf-8"))[0]
    found = found.replace(EXAMPLE, base_url)
    return found.replace(urlsplit(EXAMPLE).netloc, urlsplit(base_url).netloc)


def steps(platform: str) -> Sequence[str]:
    """The numbered headings alone."""
    return [title for _, title in STEP.findall((FOLDER / f"{platform}.md").read_text("utf-8"))]
