"""The page on security says of scopes and of encryption what the code does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from integration.accounts import api_keys
from integration.app import create
from integration.services import Services
from tests.delivery.drains import WORKSPACE

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security.md").read_text()
TABLE = PAGE.partition("<!-- scopes -->")[2].partition("<!-- end of scopes -->")[0]
ROWS = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", TABLE, re.MULTILINE))
CALLS = [
    (scope, method, path)
    for scope, calls in ROWS.items()
    for method, path in re.findall(r"`([A-Z]+) (/\S+)`", calls)
]


def test_every_scope_has_its_row() -> None:
    assert tuple(ROWS) == api_keys.SCOPES


@pytest.mark.parametrize(("scope", "method", "path"), CALLS)
def test_a_scope_opens_what_its_row_names_and_all_others_together_do_not(
    own: Services, scope: str, method: str, path: str
) -> None:
    """What opens may still refuse the empty body, or find nothing under the name."""
    client = create(own).test_client()
    others = [each for each in api_keys.SCOPES if each != scope]
    answers = []
    for scopes in ([scope], others):
        _, key = api_keys.create(own.db, WORKSPACE, "tests", scopes=scopes)
        body: dict[str, str] | None = {} if method in ("POST", "PATCH") else None
        headers = {"X-API-Key": key}
        answers.append(client.open(path, method=method, headers=headers, json=body))
    opened, refused = answers
    assert opened.status_code not in (401, 403), opened.text
    assert refused.status_code == 403
    assert f"'{scope}'" in refused.get_json()["message"]


def test_all_that_is_sealed_is_on_the_page() -> None:
    search = ["git", "grep", "-l", "-E", r"vault\.seal\(", "--", "integration"]
    found = subprocess.run(search, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    table = PAGE.partition("## What is encrypted")[2].partition("## ")[0]
    assert [each for each in found.split() if f"`{each}`" not in table] == []
    assert len(found.split()) > 3
