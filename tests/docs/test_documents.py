"""What the documents promise is there, and what is there is documented."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from integration.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "docs/settings.md").read_text()
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    if "node_modules" not in path.parts
)


@pytest.mark.parametrize("name", [one.name.upper() for one in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in SETTINGS


def test_no_setting_is_documented_that_is_not_there() -> None:
    known = {one.name.upper() for one in fields(Settings)} | {"NAME_FILE", "HOOKLINE_STATE"}
    rows = [line.split("|")[1] for line in SETTINGS.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([A-Z_]+)`", " ".join(rows))) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), f"{target} in {page.name}"


def test_every_make_word_in_the_readme_is_a_target() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9-]+)`", readme)) <= targets


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("*.md")]
    assert sorted(numbers) == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_make_help_names_the_words_of_the_readme() -> None:
    printed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {"make run", "make test", "make check"} <= set(re.findall(r"make [a-z]+", printed))
