"""The pictures in README and docs show the console as it is now."""

from __future__ import annotations

import pytest

from proofs.rig.sandbox import ROOT
from proofs.rig.sink import Sink
from proofs.rig.stack import World
from tests.console import pictures, png
from tests.console.browser import Browser

LARGEST, LARGEST_TOGETHER = 120 * 1024, 400 * 1024
STALE = "The pages have changed; run make pictures."


@pytest.mark.parametrize("name", pictures.NAMES)
def test_a_picture_was_made_with_the_words_beside_it(name: str) -> None:
    image = (pictures.FOLDER / f"{name}.png").read_bytes()
    words = (pictures.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert png.note(image) == pictures.digest(words), STALE
    assert png.size(image) == (pictures.SIZE["width"], pictures.SIZE["height"])
    assert len(image) <= LARGEST


def test_the_pictures_are_few_and_small_and_each_is_shown_somewhere() -> None:
    files = {each.name for each in pictures.FOLDER.iterdir()}
    assert files == {f"{name}.{kind}" for name in pictures.NAMES for kind in ("png", "txt")}
    assert sum(each.stat().st_size for each in pictures.FOLDER.iterdir()) <= LARGEST_TOGETHER
    pages = "".join(each.read_text() for each in (ROOT / "README.md", *ROOT.glob("docs/*.md")))
    assert all(f"pictures/{name}.png)" in pages for name in pictures.NAMES)


@pytest.mark.page
@pytest.mark.slow
def test_the_pages_say_what_their_pictures_say(browser: Browser, world: World, sink: Sink) -> None:
    for name, picture in pictures.taken(browser, world, sink).items():
        kept = (pictures.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
        assert picture.words.splitlines() == kept.splitlines(), f"{name}: {STALE}"
    assert browser.complaints == []
