"""The house as it is drawn: its arrows, the pages that show it, and its top level."""

from __future__ import annotations

import subprocess

import pytest

from tests.architecture import picture
from tests.architecture.reading import ROOT

CARD = {"wsgi.py", "integration", "triggers", "actions", "tests", "Procfile", "README.md"}
BESIDE = {
    *("options", "providers", "platforms", "sandbox", "launch", "proofs", "docs"),
    *("Dockerfile", ".dockerignore", "compose.yaml", "render.yaml", "fly.toml", "deploy"),
    *("captain-definition", ".python-version"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "SECURITY.md"),
    *("Makefile", "pyproject.toml", "app.json", ".ci", ".gitignore"),
    *(f"requirements{name}.{kind}" for name in ("", "-dev", "-embedded") for kind in ("in", "txt")),
}
"""What may stand beside the card: the other extensions, programs, pages, and what tools read."""


def test_no_arrow_runs_back_up() -> None:
    house = picture.rooms()
    assert picture.upward(house) == []
    assert sum(len(each.uses) for each in house) > 50


def test_an_arrow_that_runs_back_up_is_seen() -> None:
    house = picture.rooms()
    ground, top = house[0], house[-1]
    bent = picture.Room(name=ground.name, floor=0, purpose="", lines=0, uses=frozenset({top.name}))
    assert picture.upward([bent, *house[1:]]) == [f"{ground.name} -> {top.name}"]


def test_every_room_says_what_it_is_for() -> None:
    assert [each.name for each in picture.rooms() if len(each.purpose) < 10] == []


@pytest.mark.parametrize("page", picture.PAGES)
def test_the_page_shows_the_house_as_it_is(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    current = picture.drawn(page, text, picture.rooms())
    assert text == current, "`python -m tests.architecture --write` draws it."


def test_the_top_level_is_that_of_the_design_card() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    there = {path.split("/")[0] for path in listed}
    assert there - CARD - BESIDE == set()
    assert CARD - there == set()
