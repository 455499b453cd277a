"""The page on security says of encryption what the code does."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security.md").read_text()


def test_all_that_is_sealed_is_on_the_page() -> None:
    search = ["git", "grep", "-l", "-E", r"vault\.seal\(", "--", "integration"]
    found = subprocess.run(search, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    table = PAGE.partition("## What is encrypted")[2].partition("## ")[0]
    assert [each for each in found.split() if f"`{each}`" not in table] == []
    assert len(found.split()) > 3
