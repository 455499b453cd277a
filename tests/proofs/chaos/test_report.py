"""The page of evidence: a run fills its own rows and leaves the others."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proofs.chaos import report
from proofs.chaos.figure import Figure, Life, Result
from proofs.chaos.figures import FIGURES
from proofs.rig import page as pages

PAGE = """Before.
<!-- chaos: last run -->
<!-- chaos: end of last run -->
<!-- chaos: figures -->
<!-- chaos: end of figures -->
After.
"""


def figure(key: str) -> Figure:
    return next(each for each in FIGURES if each.key == key)


def result(**more: Any) -> Result:
    usual: dict[str, Any] = {"accepted": 10, "sent_twice": 0, "lost": 0, "unknown": 0}
    return Result(**{**usual, "bad_inputs": 1, "measured": "all well", "misses": (), **more})


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "evidence.md"
    path.write_text(PAGE)
    return path


def test_a_second_run_replaces_its_own_row_alone(page: Path) -> None:
    both = [(figure("f2"), result()), (figure("f10"), result())]
    report.write(both, 1, "Python", "python -m proofs.chaos", page)
    bad = result(measured="not so well", misses=("1 lost",), lost=1)
    report.write([(figure("f2"), bad)], 2, "Python", "python -m proofs.chaos --only f2", page)
    text = page.read_text()
    assert text.count("\n| F2 |") == text.count("\n| F10 |") == 1
    assert "all well" in text
    assert "**no**: 1 lost" in text
    assert text.startswith("Before.")
    assert text.endswith("After.\n")


def test_a_row_says_which_code_it_is_of(page: Path, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)

    assert pages.code(tmp_path) == "no commit"
    git("init")
    git("add", "evidence.md")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "First")
    clean = pages.code(tmp_path)
    assert re.fullmatch(r"[0-9a-f]{7,}", clean)
    page.write_text(PAGE + "More.\n")
    assert pages.code(tmp_path) == f"{clean}+"
    report.write([(figure("f1"), result())], 1, "Python", "python -m proofs.chaos", page, clean)
    assert f", {clean}, 1 |" in page.read_text()


def test_a_page_without_its_marks_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "other.md"
    path.write_text("Nothing to fill here.")
    with pytest.raises(ValueError, match="no place marked"):
        report.write([(figure("f1"), result())], 1, "Python", "python -m proofs.chaos", path)
    assert path.read_text() == "Nothing to fill here."


def test_the_line_adds_the_figures_up() -> None:
    both = [result(kills=3, recovery=1.5), result(kills=4, recovery=12.25, lost=1)]
    assert report.summary(both, 7, "Python") == (
        "20 accepted, 7 kills, 0 Redis kills, 2 bad inputs; lost 1, sent twice 0,"
        " unknown 0 (not all listed), slowest recovery 12.2 s (seed 7, Python)"
    )


def test_the_line_of_ordinary_life_counts_who_took_part() -> None:
    life = Life(accounts=8, silent=3, limited=1, inbound=40, outbound=60, slowest=0.75)
    assert report.life([result(), result(life=life), result(life=life)]) == (
        "16 accounts of which 6 silent, 2 limited, 0 breaking; 80 texts in, 120 out: lost 0,"
        " sent twice 0, healthy accounts' slowest 0.8 s"
    )
    assert report.life([result()]) == ""


def test_rows_of_ordinary_life_come_after_the_others(page: Path) -> None:
    both = [(replace(figure("f2"), key=key), result()) for key in ("w2", "w10", "f10", "f2")]
    report.write(both, 1, "Python", "python -m proofs.chaos", page)
    rows = re.findall(r"^\| ([FW]\d+)", page.read_text(), re.MULTILINE)
    assert rows == ["F2", "F10", "W2", "W10"]


def test_the_projects_own_page_can_be_filled(tmp_path: Path) -> None:
    copy = tmp_path / "evidence.md"
    copy.write_text(pages.EVIDENCE.read_text(encoding="utf-8"), encoding="utf-8")
    report.write([(figure("f1"), result())], 1, "Python", "python -m proofs.chaos", copy)
    assert "\n| F1 |" in copy.read_text(encoding="utf-8")
