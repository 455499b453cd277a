"""Every planted patch fits the code, changes it, and leaves Python that still compiles."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from proofs.attacks.__main__ import figures
from proofs.attacks.planted.__main__ import SUITE as ATTACKS
from proofs.chaos.figures import FIGURES
from proofs.chaos.planted.__main__ import SUITE as CHAOS
from proofs.rig.planted import apply
from proofs.rig.sandbox import ROOT
from tests.proofs.undefined_names import undefined_names

PATCHES = [each.patch for suite in (ATTACKS, CHAOS) for each in suite.planted]
TARGET = re.compile(r"^\+\+\+ b/(\S+)", re.MULTILINE)


def objections(patch: Path, root: Path) -> Iterator[str]:
    """What speaks against a patch, tried on copies of its files under `root`."""
    paths = TARGET.findall(patch.read_text(encoding="utf-8"))
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, root / path)
    if refused := apply(patch, root):
        yield f"{patch.name}: {refused}"
        return
    for path in paths:
        text = (root / path).read_text(encoding="utf-8")
        if text == (ROOT / path).read_text(encoding="utf-8"):
            yield f"{patch.name} leaves {path} as it was"
        yield from (f"{patch.name}: {error}" for error in _errors(path, text))


def _errors(path: str, text: str) -> Iterator[str]:
    try:
        if path.endswith(".py"):
            compile(text, path, "exec")
    except SyntaxError as error:
        yield f"{path}, line {error.lineno}: {error.msg}"


def test_every_patch_fits_and_what_it_makes_compiles(tmp_path: Path) -> None:
    assert len(PATCHES) > 40
    found = [each for patch in PATCHES for each in objections(patch, tmp_path / patch.stem)]
    assert found == []
    assert undefined_names(tmp_path) == []


def test_a_patch_that_breaks_the_syntax_or_does_not_fit_is_named(tmp_path: Path) -> None:
    first = (ROOT / "wsgi.py").read_text(encoding="utf-8").splitlines()[0]
    for old, wanted in ((first, "never closed"), ("# another line", "FAILED")):
        patch = tmp_path / "broken.patch"
        patch.write_text(f"--- a/wsgi.py\n+++ b/wsgi.py\n@@ -1 +1 @@\n-{old}\n+(\n")
        [said] = objections(patch, tmp_path / wanted)
        assert wanted in said


def test_every_patch_names_a_figure_that_there_is() -> None:
    known = {each.key.upper() for each in FIGURES} | set(figures())
    assert {each.figure for suite in (ATTACKS, CHAOS) for each in suite.planted} <= known
