"""Every provider has its row in the matrix, and the matrix tells who fails."""

from __future__ import annotations

from integration import discovery
from proofs.chaos.matrix.kits import KITS
from proofs.rig.page import EVIDENCE


def test_every_provider_is_tried() -> None:
    tried = {each.provider.replace("-", "_") for each in KITS}
    assert tried == set(discovery.load().providers)


def test_every_way_to_a_provider_has_its_row() -> None:
    page = EVIDENCE.read_text(encoding="utf-8")
    rows = page.partition("<!-- chaos: matrix -->")[2].partition("<!-- chaos: end of matrix -->")[0]
    missing = [each.name for each in KITS if f"| {each.name} |" not in rows]
    assert missing == []
