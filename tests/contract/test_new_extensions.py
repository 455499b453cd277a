"""One new extension of each kind passes with the files that CONTRIBUTING names, and no fewer.

Two copies of this checkout: one has every file of every example, the other has only the extensions
themselves. The failures of the second one name each file that is missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration import discovery
from tests.contract.new_checkout import EXAMPLES, Kind, add, copied, renew_golden
from tests.contract.new_kinds import KINDS

pytestmark = pytest.mark.slow
ASKED = (
    *("tests/contract/test_triggers.py", "tests/contract/test_actions.py"),
    *("tests/contract/test_searches.py", "tests/contract/test_options.py"),
    *("tests/contract/test_providers.py", "tests/contract/test_provider_webhooks.py"),
    "tests/contract/test_platforms.py",
    *("tests/contract/test_catalog.py", "tests/platforms/test_golden.py"),
    *("tests/docs/test_documents.py", "tests/console/test_page_files.py", "tests/test_settings.py"),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with every file of every example."""
    checkout = copied(tmp_path_factory.mktemp("whole"))
    for kind in KINDS:
        add(kind, checkout)
    renew_golden(checkout)
    return checkout


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the suite says of a copy with the extensions alone."""
    checkout = copied(tmp_path_factory.mktemp("alone"))
    for kind in KINDS:
        add(kind, checkout, whole=False)
    return checked(checkout, *ASKED).stdout


def checked(checkout: Path, *paths: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *paths]
    # The suite itself asks the same of the providers that are here.
    here = " or ".join(discovery.load().providers)
    command += ["-k", f"not ((test_providers or test_provider_webhooks) and ({here}))"]
    clean = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        command, cwd=checkout, env=clean, capture_output=True, text=True, timeout=500, check=False
    )


def test_every_kind_passes_with_the_files_that_contributing_names(whole: Path) -> None:
    ended = checked(whole, *ASKED, "tests/platforms/acme_flow")
    if ended.returncode:
        pytest.fail(ended.stdout[-6000:])


@pytest.mark.parametrize(
    ("kind", "path"),
    [pytest.param(kind, path, id=f"{kind.key}-{path}") for kind in KINDS for path in kind.named],
)
def test_a_file_that_is_left_out_is_named(complaints: str, kind: Kind, path: str) -> None:
    assert kind.named[path] in complaints


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_each_file_beside_the_extension_itself_is_asked_for(kind: Kind) -> None:
    assert kind.paths()[1:] == list(kind.named)


def test_the_examples_have_no_file_that_contributing_does_not_name() -> None:
    named = {each for kind in KINDS for path in kind.paths() for each in EXAMPLES.glob(path)}
    files = {each for each in EXAMPLES.rglob("*.*") if each.is_file()}
    assert {each for each in files - named if each.suffix != ".pyc"} == set()
