"""Every page of the console is registered, in the navigation, and has its template."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from integration.web.console import rendering
from tests.openapi import routes

CONSOLE = Path(rendering.__file__).parent
PAGES = {
    import_module(f"integration.web.console.{path.stem}").routes.name
    for path in CONSOLE.glob("*_pages.py")
}
OUTSIDE = {"sign_in", "operator", "inbox", "jobs", "conversation", "pacing", "sending"}
"""Of those who are not signed in, of the operator alone, and what another page leads to."""


def test_every_module_of_pages_is_registered() -> None:
    blueprints = routes.without_a_store().blueprints
    known = {name.removeprefix("console.") for name in blueprints if name.startswith("console.")}
    missing = sorted(PAGES - known)
    assert not missing, f"console/routes.py does not register {', '.join(missing)}."


def test_every_module_of_pages_is_in_the_navigation() -> None:
    listed = {name for name, _ in rendering.NAVIGATION}
    missing = sorted(PAGES - OUTSIDE - listed)
    assert not missing, f"NAVIGATION in console/rendering.py lacks {', '.join(missing)}."


def test_every_page_of_the_navigation_has_the_view_that_its_link_opens() -> None:
    known = {rule.endpoint for rule in routes.without_a_store().url_map.iter_rules()}
    for name, _ in rendering.NAVIGATION:
        view = "home" if name == "overview" else "listed"
        assert f"console.{name}.{view}" in known, (
            f"{name}_pages.py needs a view function named '{view}': the navigation links to it."
        )


def test_every_page_has_its_template() -> None:
    named = {
        name
        for path in CONSOLE.glob("*.py")
        for name in re.findall(r"(?:rendering\.page|refusal)\(\s*\"(\w+)\"", path.read_text())
    }
    kept = {path.stem for path in (CONSOLE / "templates" / "console").glob("*.html")}
    missing = sorted(f"templates/console/{name}.html" for name in named - kept)
    assert named
    assert not missing, f"The console lacks {', '.join(missing)}."
