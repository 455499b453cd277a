"""What the documents promise is there, and what is there is documented."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from integration import discovery
from integration.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "docs/settings.md").read_text()
PROVIDERS = list(discovery.load().providers.values())
VARIABLES = {one.name.upper() for one in fields(Settings) if one.metadata} | {
    variable(kind, name) for kind in PROVIDERS for name in kind.settings().fields
}
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    if "node_modules" not in path.parts
)


def test_every_setting_is_documented_and_no_other() -> None:
    rows = [line.split("|")[1] for line in SETTINGS.splitlines() if line.startswith("| `")]
    documented = set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))
    missing, unknown = sorted(VARIABLES - documented), sorted(documented - VARIABLES)
    assert not missing, f"docs/settings.md lacks a row for {', '.join(missing)}."
    assert not unknown, f"docs/settings.md has {', '.join(unknown)}, which no setting reads."


def test_the_app_for_one_click_offers_the_account_of_every_provider_and_no_unknown_setting() -> (
    None
):
    offered = set(json.loads((ROOT / "app.json").read_text())["env"])
    required = {
        variable(kind, name)
        for kind in PROVIDERS
        for name, field in kind.settings().fields.items()
        if field.required
    }
    missing, unknown = sorted(required - offered), sorted(offered - VARIABLES)
    assert not missing, f"app.json lacks {', '.join(missing)}."
    assert not unknown, f"app.json has {', '.join(unknown)}, which no setting reads."


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text()):
        there = page.parent / target if target else page
        assert there.exists(), f"{target} in {page.name}"
        assert not anchor or anchor in headings(there), f"#{anchor} of {target} in {page.name}"


def headings(page: Path) -> set[str]:
    """The anchors that a Markdown page has, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in found}


NAMED = re.compile(r"`((?:integration|providers|actions|launch|sandbox|proofs|tests)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = sorted(set(NAMED.findall(page.read_text())))
    gone = [name for name in named if not (ROOT / name).exists()]
    assert not gone, f"{page.relative_to(ROOT)} names {', '.join(gone)}."


def test_every_constant_that_a_page_names_is_in_its_file() -> None:
    pages = " ".join(path.read_text() for path in PAGES)
    named = re.findall(r"`([A-Z][A-Z_]+)`\s+in\s+`([\w/]+\.py)`", pages)
    gone = [(name, path) for name, path in named if name not in (ROOT / path).read_text()]
    assert named
    assert not gone


def test_the_trigger_of_the_tour_is_one() -> None:
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/tour.md").read_text(), re.DOTALL)
    made: dict[str, Any] = {}
    exec(compile(code, "docs/tour.md", "exec", dont_inherit=True), made)
    trigger = made["TRIGGER"]
    assert trigger.wants(trigger.sample, {})
    assert not trigger.wants({**trigger.sample, "message": "See you at 5."}, {})


def test_every_make_word_in_the_readme_is_a_target() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9-]+)`", readme)) <= targets


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("*.md")]
    assert sorted(numbers) == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_the_glossary_has_each_word_once_in_order() -> None:
    rows = re.findall(r"^\| ([a-z -]+) \|", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    words = [word for word in rows if word != "word"]
    assert words == sorted(set(words))
    field = {"lease", "claim", "in flight", "backoff", "deduplicate", "cache", "stale"}
    assert {*field, "rate limit", "replay", "dead letter"} <= set(words)


def test_every_decision_is_on_the_page_of_the_architecture() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    missing = [each.name for each in (ROOT / "docs/adr").glob("*.md") if each.name not in page]
    assert not missing


def test_make_help_names_the_words_of_the_readme() -> None:
    printed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {"make run", "make test", "make check"} <= set(re.findall(r"make [a-z]+", printed))


def test_every_alert_is_on_the_page_of_operations_and_no_other() -> None:
    alerts = set(re.findall(r"alert: (\w+)", (ROOT / "docs/monitoring/alerts.yml").read_text()))
    page = (ROOT / "docs/operations.md").read_text()
    assert set(re.findall(r"`(Hookline[A-Z]\w+)`", page)) == alerts


def test_the_dashboard_is_json_and_each_panel_asks_something() -> None:
    board = json.loads((ROOT / "docs/monitoring/grafana.json").read_text())
    assert board["panels"]
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_command_of_a_page_breaks_where_a_path_has_a_space(page: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    unquoted = [line for block in blocks for line in block.splitlines() if line.startswith("$(")]
    assert unquoted == []
