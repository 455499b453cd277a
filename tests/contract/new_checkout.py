"""A copy of this checkout with one new extension of each kind, added as CONTRIBUTING.md says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests" / "fixtures" / "extensions"
MADE = (".git", ".venv", ".hookline", ".*_cache", "__pycache__", "build", "node_modules")
"""What is no part of the checkout: its history, and what is built or installed in it."""
GOLDEN = "golden"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A line that goes into an existing file, before each line that starts with `before`."""

    path: str
    before: str
    line: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One section of CONTRIBUTING.md, the example that follows it, and its edits of old files."""

    section: str
    key: str
    edits: tuple[Edit, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    """By path in CONTRIBUTING, the sentence of the failure where that file is left out."""

    def paths(self) -> list[str]:
        """The files that the section names; the first one is the extension itself."""
        text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        section = text.split(f"\n### {self.section}\n")[1].split("\n#")[0]
        names = re.findall(r"^- `([^`]+)`", section, re.MULTILINE)
        dashed = self.key.replace("_", "-")
        return [each.replace("<key>", self.key).replace("<dashed-key>", dashed) for each in names]


def copied(to: Path) -> Path:
    """This checkout as it is, without what is built or installed."""
    shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(*MADE), dirs_exist_ok=True)
    return to


def add(kind: Kind, to: Path, *, whole: bool = True) -> None:
    """Add the example's files; with `whole` false the extension alone, none that goes with it."""
    for path in kind.paths() if whole else kind.paths()[:1]:
        _add(kind, path, to)


def _add(kind: Kind, path: str, to: Path) -> None:
    found = [each for each in EXAMPLES.glob(path) if each.is_file()]
    edits = [each for each in kind.edits if each.path == path]
    for each in found:
        target = to / each.relative_to(EXAMPLES)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(each, target)
    for edit in edits:
        _edit(to / path, edit)
    assert found or edits or path.endswith(GOLDEN), f"The example of {kind.section} lacks {path}."


def _edit(file: Path, edit: Edit) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith(edit.before)]
    assert places, f"{edit.path} has no line that starts with {edit.before!r}."
    for place in reversed(places):
        lines.insert(place, edit.line)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def renew_golden(checkout: Path) -> None:
    command = [sys.executable, "-m", "tests.platforms.golden"]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True, timeout=120)
