"""Every mutant fits the code, makes code that compiles, and names a test that is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from proofs.mutants.mutant import Mutant, read_all
from proofs.rig.sandbox import ROOT
from tests.proofs.undefined_names import undefined_names


def objections(mutant: Mutant, root: Path) -> Iterator[str]:
    """What speaks against a mutant, tried on a copy of its file under `root`."""
    copy = root / mutant.file
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy(ROOT / mutant.file, copy)
        mutant.plant(root)
        if copy.suffix == ".py":
            compile(copy.read_text(encoding="utf-8"), mutant.file, "exec")
    except (OSError, ValueError, SyntaxError) as error:
        yield f"{mutant.name}: {error}"
    if mutant.old == mutant.new:
        yield f"{mutant.name} changes nothing"
    path, _, test = mutant.caught_by.partition("::")
    if not (ROOT / path).exists() or (test and f"def {test}" not in (ROOT / path).read_text()):
        yield f"{mutant.name}: there is no test {mutant.caught_by}"


def test_every_mutant_fits_the_code_and_names_a_test(tmp_path: Path) -> None:
    mutants = read_all()
    assert len(mutants) >= 20
    found = [each for mutant in mutants for each in objections(mutant, tmp_path / mutant.name)]
    assert found == []
    assert undefined_names(tmp_path) == []


def test_a_mutant_that_does_not_fit_or_has_no_test_is_named(tmp_path: Path) -> None:
    wrong = Mutant(
        name="wrong",
        breaks="",
        file="wsgi.py",
        old="no such text",
        new="(",
        caught_by="tests/none.py",
    )
    found = list(objections(wrong, tmp_path))
    assert len(found) == 2
    assert "stands 0 times" in found[0]
    assert "tests/none.py" in found[1]
