"""What the page of scaling is filled from: the page of figures, and the choice of a shard."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from proofs.bench import capacity, shards
from proofs.rig import page as pages
from proofs.rig.sandbox import ROOT

FIGURES = """<!-- bench: p1 -->
| goal | bound | median | best … worst round | |
|---|---|---|---|---|
| its rate | ≥ 0.8 | **0.9** | 1 … 0.8 | reached |

| measured | what | median | least | most |
|---|---|---|---|---|
| ingress | rate | 2500 | 2000 | 3000 |
<!-- bench: end of p1 -->
<!-- bench: p8 -->
| large | hook bytes | 5e+02 | 500 | 500 |
<!-- bench: end of p8 -->
"""


def test_the_table_of_capacities_follows_from_the_page_of_figures() -> None:
    told = capacity.table(capacity.read(FIGURES))
    assert told.splitlines()[2:] == [
        "| web: messages taken in | 2,500 a second | P1 |",
        "| store: hooks | 2,000,000 in a GB (500 bytes each) | P8 |",
    ]


def test_the_page_of_scaling_has_a_place_for_both_tables(tmp_path: Path) -> None:
    page, figures = tmp_path / "scaling.md", tmp_path / "figures.md"
    page.write_text((ROOT / "docs" / "scaling.md").read_text())
    figures.write_text(FIGURES)
    capacity.write(figures, page)
    assert "| web: messages taken in | 2,500 a second | P1 |" in page.read_text()
    assert "filled" in pages.placed(page.read_text(), "bench", "shards", "filled")


def test_a_new_shard_takes_its_part_and_moves_nothing_between_the_old_ones() -> None:
    old, new = ["a", "b", "c"], ["a", "b", "c", "d"]
    before = {f"w{number}": shards.chosen(f"w{number}", old) for number in range(3000)}
    after = {each: shards.chosen(each, new) for each in before}
    assert all(after[each] in (before[each], "d") for each in before)
    assert all(650 < count < 850 for count in Counter(after.values()).values())
