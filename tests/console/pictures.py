"""Pictures of the console for README and docs, with what each shows in words beside it.

    python -m tests.console.pictures   (`make pictures`)

makes docs/pictures: NAME.png, and NAME.txt with the page's visible words in their order. The tests
make the words again and compare them. A picture has the digest of its words inside, so it was made
with them; its pixels differ with fonts and browsers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from proofs.rig.sandbox import ROOT
from proofs.rig.sink import Sink
from proofs.rig.stack import Stack, World
from tests.console import png, story
from tests.console.browser import Browser, Chromium
from tests.console.story import Story

FOLDER = ROOT / "docs" / "pictures"
NAMES = ("overview", "activity", "conversation", "hook")
SIZE = {"width": 1200, "height": 760, "deviceScaleFactor": 1, "mobile": False}
OURS = re.compile(r"\b(hook|sms|job|dlv|conn|key|con|rcp|st)_[a-z0-9]{12,}")
SCRIPT = (Path(__file__).with_name("pictures.js")).read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`words` has a line for each visible text: the element that it stands in, and the text."""

    words: str
    image: bytes

    @property
    def digest(self) -> str:
        return digest(self.words)


def digest(words: str) -> str:
    return f"sha256:{hashlib.sha256(words.encode()).hexdigest()}"


def taken(browser: Browser, world: World, sink: Sink) -> dict[str, Picture]:
    """Every picture by its name, of a service in which the story happens first."""
    found = story.happen(world, sink)
    browser.wide(SIZE["width"])
    browser.call("Emulation.setDeviceMetricsOverride", **SIZE)
    browser.sign_in(world.key)
    names = {
        world.stack.url: "https://sms.example.com",
        sink.base: "https://hooks.example.com",
        world.name: "restaurant",
    }
    return {name: _of(browser, path, names) for name, path in _paths(found).items()}


def _paths(found: Story) -> dict[str, str]:
    talk = f"/console/conversation?connection={found.connection}&phone={quote(story.AMY)}"
    paths = ("/", "/console/activity?direction=in,out", talk, f"/console/hooks/{found.hook}")
    return dict(zip(NAMES, paths, strict=True))


def _of(browser: Browser, path: str, names: Mapping[str, str]) -> Picture:
    browser.open(path)
    browser.until("[...document.querySelectorAll('.state')].every(each => each.matches('.good'))")
    seen = str(browser.run("document.body.innerText"))
    swaps = dict(names) | _ids(seen)
    words = browser.run(f"({SCRIPT})({json.dumps(list(swaps.items()))})")
    shown = browser.call("Page.captureScreenshot", format="png")["data"]
    text = "".join(f"{line}\n" for line in words)
    return Picture(words=text, image=png.pressed(base64.b64decode(shown), digest(text)))


def _ids(seen: str) -> dict[str, str]:
    """A fixed id for each that the page shows, by the order in which it shows them."""
    found = dict.fromkeys(match[0] for match in OURS.finditer(seen))
    return {each: f"{each.partition('_')[0]}_{_letters(n)}" for n, each in enumerate(found)}


def _letters(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:20]


def main() -> int:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("Pictures need Chromium; install it first.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hookline-pictures-") as folder:
        stack, sink = Stack(Path(folder)), Sink()
        chromium = Chromium(program, Path(folder) / "profile")
        browser = Browser(chromium, stack.url)
        try:
            for name, picture in taken(browser, stack.workspace(), sink).items():
                (FOLDER / f"{name}.png").write_bytes(picture.image)
                (FOLDER / f"{name}.txt").write_text(picture.words, encoding="utf-8")
                print(f"docs/pictures/{name}.png: {len(picture.image) / 1024:.0f} KB")
        finally:
            browser.close()
            chromium.close()
            sink.close()
            stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
