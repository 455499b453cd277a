"""What every platform owes beside its code: a guide, kept files and a proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration import discovery
from integration.kernel.catalog import dashed
from integration.kernel.specs import Platform
from tests.contract.memory_provider import ids
from tests.platforms import golden

ROOT = Path(__file__).resolve().parents[2]
PLATFORMS = list(discovery.load().platforms.values())


@pytest.mark.parametrize("platform", PLATFORMS, ids=ids(PLATFORMS))
class TestEveryPlatform:
    def test_it_has_a_guide_that_says_what_is_proved(self, platform: Platform) -> None:
        guide = f"docs/platforms/{dashed(platform.key)}.md"
        assert (ROOT / guide).exists(), f"{platform.key} lacks its guide, {guide}."
        text = (ROOT / guide).read_text(encoding="utf-8")
        assert f"export {dashed(platform.key)}" in text, f"{guide} does not say how to export it."
        assert " proved" in text, f"{guide} does not say what is proved."

    def test_the_readme_leads_to_its_guide(self, platform: Platform) -> None:
        link = f"(docs/platforms/{dashed(platform.key)}.md)"
        assert link in (ROOT / "README.md").read_text(encoding="utf-8"), f"README.md lacks {link}."

    def test_its_compiled_files_are_kept(self, platform: Platform) -> None:
        place = golden.folder(platform.key).relative_to(ROOT)
        command = f"python -m tests.platforms.golden {platform.key}"
        assert golden.kept(platform.key), f"{place} is empty; `{command}` writes it."

    def test_it_has_a_proof(self, platform: Platform) -> None:
        place = f"tests/platforms/{platform.key}"
        proofs = list((ROOT / place).glob("test_*.py"))
        assert proofs, f"{platform.key} lacks a proof; write a test in {place}/."
